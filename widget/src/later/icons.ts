import { svg } from "lit/html.js";
import { icon } from "../icon.js";

export const thumb = icon(svg`<path d="M7 11v9H4v-9Zm0 0 4-7c1.5 0 2.3 1 2 2.5L12.5 9.5H18a2 2 0 0 1 2 2.4l-1.2 6.5a2 2 0 0 1-2 1.6H7"/>`);
export const pencil = icon(svg`<path d="M5 19l1-4.5L16.5 4l3.5 3.5L9.5 18ZM14 6.5l3.5 3.5"/>`);
