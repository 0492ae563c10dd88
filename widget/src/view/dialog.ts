import { html, nothing, type TemplateResult } from "lit/html.js";
import type { LamoonChat } from "../chat.js";
import type { TeamMessage } from "../types.js";

export type Question = "restart" | "forget" | "leave";

/** A question over the chat that has to be answered or cancelled first. */
export function dialog(chat: LamoonChat): TemplateResult | typeof nothing {
  const { words } = chat;
  const { question, problem, busy } = chat.state;
  if (!question) return nothing;
  return html`<form @submit=${(event: SubmitEvent) => answer(chat, event)}>
    <h3 id="question">${words[question]}</h3>
    <p>${words[`${question}Sure`]}</p>
    ${question === "leave" ? fields(chat) : nothing}
    ${question === "forget" ? html`<label><span><input type="checkbox" name="withdraw" /> ${words.withdraw}</span></label>` : nothing}
    ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
    <p class="buttons">
      <button class="choice" type="button" @click=${chat.dismiss}>${words.cancel}</button>
      <button class="choice main ${question}" type="submit" ?disabled=${busy}>${question === "leave" ? words.send : words[question]}</button>
    </p>
  </form>`;
}

function fields({ words }: LamoonChat): TemplateResult {
  return html`<label>${words.name}<input name="name" required maxlength="100" autocomplete="name" /></label>
    <label>${words.contact}<input name="contact" required maxlength="200" autocomplete="email" /></label>
    <label>${words.message}<textarea name="text" required rows="4"></textarea></label>`;
}

function answer(chat: LamoonChat, event: SubmitEvent): void {
  event.preventDefault();
  const { conversation } = chat;
  const { question } = chat.state;
  const given = new FormData(event.target as HTMLFormElement);
  if (question === "leave") void chat.settle(conversation.tellTeam(Object.fromEntries(given) as unknown as TeamMessage));
  else void chat.settle(question === "restart" ? conversation.restart() : conversation.forget(given.has("withdraw")));
}
