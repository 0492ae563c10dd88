import type { Later } from "../later.js";
import css from "./later.css";
import { menu } from "./menu.js";
import { correct, correcting, own } from "./own.js";
import { thanks, thumbs } from "./rating.js";
import { sheet } from "./sheet.js";
import { laterEnglish as words } from "./words.js";

export default { css, words, menu, sheet, thumbs, thanks, own, correct, correcting } satisfies Later;
