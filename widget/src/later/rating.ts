import { html, type TemplateResult } from "lit/html.js";
import type { LamoonChat } from "../chat.js";
import type { Message } from "../types.js";
import { thumb } from "./icons.js";

/** Whether an answer helped. */
export function thumbs(chat: LamoonChat, message: Message): TemplateResult[] {
  const { words, conversation } = chat;
  return (["up", "down"] as const).map((value) => {
    const pressed = message.feedback === value;
    const vote = () => {
      void conversation.vote(message, pressed ? null : value, null);
      void chat.set({ rated: { id: pressed ? 0 : message.id, told: false } }).then(() => chat.find(".why")?.scrollIntoView({ block: "nearest" }));
    };
    return html`<button type="button" class="thumb ${value}" aria-label=${words[value]} title=${words[value]} aria-pressed=${pressed} @click=${vote}>${thumb}</button>`;
  });
}

/** Thanks for a vote, and a place for the reason until one is given. */
export function thanks(chat: LamoonChat, message: Message): TemplateResult {
  const { words, conversation } = chat;
  if (chat.state.rated.told) return html`<p class="thanks" role="status">${words.thanks}</p>`;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const word = String(new FormData(event.target as HTMLFormElement).get("word")).trim();
    void chat.set({ rated: { id: message.id, told: true } });
    if (word) void conversation.vote(message, message.feedback, word);
    chat.focusInput();
  };
  return html`<form class="why" @submit=${submit}>
    <label for="why">${words.thanks} ${words.why}</label>
    <input id="why" name="word" maxlength="300" autocomplete="off" />
    <button class="choice" type="submit">${words.send}</button>
  </form>`;
}
