import { html, nothing, type TemplateResult } from "lit/html.js";
import type { LamoonChat } from "../chat.js";
import type { ApiError } from "../gateway.js";
import type { TeamMessage } from "../types.js";

export type Question = "restart" | "forget" | "leave" | "remove";

/** A question over the conversation that has to be answered or cancelled first. */
export function sheet(chat: LamoonChat): TemplateResult {
  const { words } = chat;
  const { busy, problem } = chat.state;
  const question = chat.state.question!;
  return html`<div class="cover">
    <div class="sheet" role="dialog" aria-labelledby="question" tabindex="-1">
      <form @submit=${(event: SubmitEvent) => void answer(chat, event)}>
      <h3 id="question">${words[question]}</h3>
      <p>${words[`${question}Sure`]}</p>
      ${question === "leave" ? fields(chat) : nothing}
      ${question === "forget" ? html`<label class="tick"><input type="checkbox" name="withdraw" />${words.withdraw}</label>` : nothing}
      ${problem && !problem.field ? html`<p class="problem" role="alert">${problem.text}</p>` : nothing}
      <p class="buttons">
        <button class="choice" type="button" @click=${chat.dismiss}>${words.cancel}</button>
        <button class="choice main ${question}" type="submit" ?disabled=${busy}>${question === "leave" ? words.send : words[question]}</button>
      </p>
      </form>
    </div>
  </div>`;
}

function fields(chat: LamoonChat): TemplateResult[] {
  const { words } = chat;
  return (["name", "contact", "text"] as const).map((name) => {
    const problem = chat.state.problem?.field === name ? chat.state.problem.text : "";
    const described = problem ? "field-problem" : nothing;
    const label = { name: words.name, contact: words.contact, text: words.message }[name];
    return html`<label>
        ${label}
        ${name === "text"
          ? html`<textarea name="text" required rows="3" aria-invalid=${!!problem} aria-describedby=${described}></textarea>`
          : html`<input
              name=${name}
              required
              maxlength=${name === "name" ? 80 : 200}
              autocomplete=${name === "name" ? "name" : "email"}
              aria-invalid=${!!problem}
              aria-describedby=${described}
            />`}
      </label>
      ${problem ? html`<p id="field-problem" class="problem" role="alert">${problem}</p>` : nothing}`;
  });
}

/** Does what the visitor has confirmed; where it fails, the question stays open and says why, at the field that it is about. */
async function answer(chat: LamoonChat, event: SubmitEvent): Promise<void> {
  event.preventDefault();
  void chat.set({ busy: true, problem: null });
  try {
    await act(chat, new FormData(event.target as HTMLFormElement));
    chat.dismiss();
  } catch (problem) {
    const { status = 0, message } = problem as Partial<ApiError>;
    const field = chat.state.question === "leave" ? { 413: "text" as const, 422: "contact" as const }[status] : undefined;
    await chat.set({ problem: { text: message || chat.words.failed, field } });
    if (field) chat.find(`.sheet [name=${field}]`).focus();
  } finally {
    void chat.set({ busy: false });
  }
}

async function act(chat: LamoonChat, given: FormData): Promise<void> {
  const { conversation, words } = chat;
  switch (chat.state.question) {
    case "restart":
      return conversation.restart();
    case "remove":
      return conversation.withdraw(chat.state.about!);
    case "forget":
      await conversation.forget(given.has("withdraw"));
      chat.forgetDraft();
      return chat.notice(words.deleted);
    default:
      return conversation.tellTeam(Object.fromEntries(given) as unknown as TeamMessage);
  }
}
