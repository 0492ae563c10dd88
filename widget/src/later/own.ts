import { html, nothing, type TemplateResult } from "lit/html.js";
import type { LamoonChat } from "../chat.js";
import type { Message } from "../types.js";
import { pencil } from "./icons.js";
import { session } from "../session.js";

/** What the visitor can do with a message of their own. */
export function own(chat: LamoonChat, message: Message): TemplateResult | typeof nothing {
  const { words } = chat;
  const open = chat.state.own === message.id;
  if (message.text === undefined) return nothing;
  return html`<button class="own round" type="button" aria-label=${words.own} title=${words.own} aria-expanded=${open} @click=${() => chat.set({ own: open ? 0 : message.id })}>
      ${pencil}
    </button>
    ${open ? deeds(chat, message) : nothing}`;
}

function deeds(chat: LamoonChat, message: Message): TemplateResult {
  const { words } = chat;
  return html`<p class="deeds">
    <button class="choice" type="button" @click=${() => correct(chat, message)}>${words.edit}</button>
    <button class="choice" type="button" aria-label=${words.remove} @click=${() => chat.ask("remove", message)}>${words.removeShort}</button>
  </p>`;
}

/** Puts a message of the visitor's into the input to be corrected; null: puts back what was there before. */
export function correct(chat: LamoonChat, about: Message | null): void {
  chat.fill(about?.text ?? session("draft"));
  void chat.set({ about, correcting: !!about, own: 0 });
  chat.input.focus();
}

export function correcting(chat: LamoonChat): TemplateResult {
  const { words } = chat;
  return html`<p class="correcting">
    ${words.editing}
    <button class="plain" type="button" @click=${() => correct(chat, null)}>${words.cancel}</button>
  </p>`;
}
