import { html, nothing, type TemplateResult } from "lit/html.js";
import type { LamoonChat } from "../chat.js";
import * as icons from "../icons.js";
import { clock, day } from "../time.js";
import type { Choice, Message, Outgoing, Studio } from "../types.js";
import { fill } from "../words.js";
import { tree } from "./tree.js";

const SAME_GROUP = 300_000; // messages of one sender within five minutes share a time stamp

/** What was said and what is on its way, with days and times. */
export function thread(chat: LamoonChat): TemplateResult[] {
  const { messages, pending } = chat.conversation;
  const lastVisitor = messages.findLast(({ from }) => from === "visitor")?.id ?? 0;
  const said = messages.map((message, index) => {
    // Follow-ups of an answer stay good; a question's choices go with its turn.
    const fresh = !!message.source || (message.id > lastVisitor && !pending.length);
    return html`${dayLine(chat, message, messages[index - 1])}${bubble(chat, message, fresh)}${stamp(chat, message, messages[index + 1])}`;
  });
  return [...said, ...pending.map((outgoing) => unsent(chat, outgoing))];
}

function dayLine({ words, language }: LamoonChat, { at }: Message, before?: Message): TemplateResult | typeof nothing {
  const now = day(new Date(at), words, language);
  return before && day(new Date(before.at), words, language) === now ? nothing : html`<p class="day"><span>${now}</span></p>`;
}

function stamp({ language }: LamoonChat, { at, from }: Message, after?: Message): TemplateResult | typeof nothing {
  const goesOn = after?.from === from && Date.parse(after.at) - Date.parse(at) < SAME_GROUP;
  return goesOn ? nothing : html`<time class="stamp ${from}" datetime=${at}>${clock(new Date(at), language)}</time>`;
}

function bubble(chat: LamoonChat, message: Message, fresh: boolean): TemplateResult {
  const { words } = chat;
  const { from, kind, body, choices, by } = message;
  const speaker = from === "visitor" ? words.you : from === "team" ? words.team : words.bot;
  return html`<div class="message ${from} ${kind}" data-id=${message.id}>
    <span class="unseen">${speaker}</span>
    ${from === "team" ? html`<p class="name" aria-hidden="true">${by ?? words.teamName}</p>` : nothing}
    <div class="bubble">${title(chat, message)}${tree(body)}${calls(chat, message)}${kind === "apology" ? leaveButton(chat) : nothing}</div>
    ${source(chat, message)} ${from === "visitor" ? nothing : choiceList(chat, choices, fresh)}
  </div>`;
}

/** A warning and an emergency say what they are in a shape, a colour and words. */
function title({ words }: LamoonChat, { kind }: Message): TemplateResult | typeof nothing {
  if (kind === "warning" || kind === "emergency") return html`<p class="title">${icons.warning}${words[kind]}</p>`;
  return kind === "crisis" ? html`<p class="title">${icons.heart}${words.crisis}</p>` : nothing;
}

function calls(chat: LamoonChat, { kind }: Message): TemplateResult | typeof nothing {
  const lines = numbers(chat.conversation.studio, kind);
  if (!lines.length) return nothing;
  return html`<p class="calls">
    ${lines.map((number) => html`<a href="tel:${number.replace(/[^+\d]/g, "")}">${icons.phone}${fill(chat.words.call, number)}</a>`)}
  </p>`;
}

function numbers(studio: Studio | null, kind: Message["kind"]): string[] {
  const { number = null, crisis_line = null } = studio?.emergency ?? {};
  const wanted = kind === "crisis" ? [crisis_line, number] : kind === "emergency" ? [number] : [];
  return wanted.filter((line) => line !== null);
}

function leaveButton(chat: LamoonChat): TemplateResult {
  return html`<p><button class="choice" type="button" @click=${() => chat.ask("leave")}>${chat.words.leave}</button></p>`;
}

/** Where an answer comes from, and whether it helped. */
function source(chat: LamoonChat, message: Message): TemplateResult | typeof nothing {
  if (!message.source) return nothing;
  const { words, conversation } = chat;
  const thumb = (value: "up" | "down") => html`<button
    type="button"
    class="thumb ${value}"
    aria-label=${words[value]}
    title=${words[value]}
    aria-pressed=${message.feedback === value}
    @click=${() => {
      const vote = message.feedback === value ? null : value;
      chat.state.asksWhy = vote ? message.id : 0;
      void conversation.vote(message, vote, null);
    }}
  >
    ${icons.thumb}
  </button>`;
  return html`<div class="source">
      <span>${icons.book}${fill(words.source, message.source.section || message.source.title)}</span>
      ${thumb("up")}${thumb("down")}
    </div>
    ${chat.state.asksWhy === message.id ? why(chat, message) : nothing}`;
}

function why(chat: LamoonChat, message: Message): TemplateResult {
  const { words, conversation } = chat;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const word = String(new FormData(event.target as HTMLFormElement).get("word")).trim();
    chat.set({ asksWhy: 0 });
    if (word) void conversation.vote(message, message.feedback, word);
    chat.focusInput();
  };
  return html`<form class="why" @submit=${submit}>
    <label for="why">${words.thanks} ${words.why}</label>
    <input id="why" name="word" maxlength="300" autocomplete="off" />
    <button class="choice" type="submit">${words.send}</button>
  </form>`;
}

/** Quick replies. Once one is used, none can be pressed. */
export function choiceList(chat: LamoonChat, choices: Choice[], fresh: boolean): TemplateResult | typeof nothing {
  if (!choices.length) return nothing;
  const open = fresh && !choices.some(({ used }) => used);
  const press = (choice: Choice) => {
    chat.conversation.choose(choice);
    chat.sent();
  };
  return html`<div class="choices" role="group" aria-label=${chat.words.choices}>
    ${choices.map(
      (choice) => html`<button type="button" class="choice ${choice.used ? "used" : ""}" ?disabled=${!open} @click=${() => press(choice)}>
        ${choice.used ? icons.check : nothing}${choice.title}
      </button>`,
    )}
  </div>`;
}

function unsent({ words, conversation }: LamoonChat, { text, at }: Outgoing): TemplateResult {
  return html`<div class="message visitor unsent">
      <span class="unseen">${words.you}</span>
      <div class="bubble"><p>${text}</p></div>
    </div>
    <time class="stamp visitor" datetime=${at}>${conversation.offline ? words.waitingToSend : words.sending}</time>`;
}
