import type { nothing, TemplateResult } from "lit/html.js";
import type { LamoonChat } from "./chat.js";
import type { Message } from "./types.js";
import type { Words } from "./words.js";

/** What the second file gives: everything that nobody needs before the chat is open. */
export interface Later {
  readonly css: string;
  readonly words: Partial<Words>;
  menu(chat: LamoonChat): TemplateResult;
  /** The question that has to be answered or cancelled first. */
  sheet(chat: LamoonChat): TemplateResult;
  /** Beside the source of an answer. */
  thumbs(chat: LamoonChat, message: Message): TemplateResult[];
  /** Below an answer that was rated. */
  thanks(chat: LamoonChat, message: Message): TemplateResult;
  /** Beside a message: what its visitor can do with it. */
  own(chat: LamoonChat, message: Message): TemplateResult | typeof nothing;
  /** Puts a message of the visitor's into the input to be corrected; null: puts back what was there before. */
  correct(chat: LamoonChat, message: Message | null): void;
  /** Above the input, while a message is corrected. */
  correcting(chat: LamoonChat): TemplateResult;
}

declare const LATER: string; // the file's versioned name, from build.mjs
let tries = 0;

/** Loads the second file. Rejects where it cannot be had; browsers may keep a failure by its address, so the next try has another. */
export async function load(origin: string): Promise<Later> {
  const again = tries++ ? `?${tries}` : "";
  return ((await import(`${origin}/${LATER}${again}`)) as { default: Later }).default;
}
