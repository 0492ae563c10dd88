import { html, nothing, type TemplateResult } from "lit/html.js";
import type { LamoonChat } from "../chat.js";
import { link } from "../view/link.js";

const GONE_AFTER = 8000;

export function menu(chat: LamoonChat): TemplateResult {
  const { words } = chat;
  const item = (text: string, act: () => void) => html`<li><button type="button" @click=${act}>${text}</button></li>`;
  return html`<ul class="menu" aria-labelledby="more" @keydown=${walk}>
    ${item(words.restart, () => chat.ask("restart"))}
    ${chat.conversation.begun ? item(words.transcript, () => void download(chat)) : nothing}
    ${item(words.leave, () => chat.ask("leave"))}
    ${item(words.forget, () => chat.ask("forget"))}
    ${chat.privacy ? html`<li>${link(chat.privacy, words.privacy)}</li>` : nothing}
  </ul>`;
}

/** Up and down, around the ends; Home and End. */
function walk(event: KeyboardEvent): void {
  const items = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("button, a")];
  const at = items.indexOf(event.target as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items.at(to % items.length)!.focus();
}

async function download(chat: LamoonChat): Promise<void> {
  void chat.set({ menu: false });
  chat.find("#more").focus();
  try {
    const address = URL.createObjectURL(await chat.conversation.gateway.transcript());
    Object.assign(document.createElement("a"), { href: address, download: "chat.txt" }).click();
    setTimeout(() => URL.revokeObjectURL(address), GONE_AFTER);
  } catch (problem) {
    chat.notice((problem as Error).message || chat.words.failed);
  }
}
