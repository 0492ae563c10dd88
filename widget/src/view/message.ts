import { html, nothing, type TemplateResult } from "lit/html.js";
import type { LamoonChat } from "../chat.js";
import * as icons from "../icons.js";
import { clock, day } from "../time.js";
import type { Choice, Message, Outgoing, Studio, TreeNode } from "../types.js";
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
  return goesOn ? nothing : html`<time class="stamp ${from}" dir="auto" datetime=${at}>${clock(new Date(at), language)}</time>`;
}

function bubble(chat: LamoonChat, message: Message, fresh: boolean): TemplateResult {
  const { words } = chat;
  const { from, kind, body, choices, by } = message;
  const speaker = from === "visitor" ? words.you : from === "team" ? words.team : words.bot;
  const open = fresh && !choices.some(({ used }) => used);
  const beside = (index: number) => (open && choices[index] ? changes(chat, choices[index]) : nothing);
  const rest = choices.filter((_, index) => !inLines(body).includes(index));
  return html`<div class="message ${from} ${kind}" data-id=${message.id}>
    <span class="unseen">${speaker}</span>
    ${from === "team" ? html`<p class="name" aria-hidden="true">${by ?? words.teamName}</p>` : nothing}
    <div class="bubble">${title(chat, message)}${calls(chat, message)}${tree(body, beside)}${kind === "apology" ? leaveButton(chat) : nothing}</div>
    ${chat.later?.own(chat, message)}
    ${source(chat, message)} ${from === "visitor" || !open ? nothing : choiceList(chat, rest)}
  </div>`;
}

/** The choices that stand beside items. */
function inLines(body: TreeNode[]): (number | undefined)[] {
  return body.flatMap(({ choice, c }) => [choice, ...inLines(c ?? [])]);
}

function changes(chat: LamoonChat, choice: Choice): TemplateResult {
  return html`<button type="button" class="plain" aria-label=${choice.title} @click=${() => press(chat, choice)}>${chat.words.change}</button>`;
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
  const { later, state, words } = chat;
  return html`<div class="source">
      <span>${icons.book}<bdi>${fill(words.source, message.source.section || message.source.title)}</bdi></span>
      ${later?.thumbs(chat, message)}
    </div>
    ${state.rated.id === message.id ? later?.thanks(chat, message) : nothing}`;
}

/** Quick replies that can still be pressed: a used one is what the visitor said next. */
export function choiceList(chat: LamoonChat, choices: Choice[]): TemplateResult | typeof nothing {
  if (!choices.length) return nothing;
  return html`<div class="choices" role="group" aria-label=${chat.words.choices}>
    ${choices.map((choice) => html`<button type="button" class="choice ${choice.main ? "main" : ""}" @click=${() => press(chat, choice)}>${choice.title}</button>`)}
  </div>`;
}

function press(chat: LamoonChat, choice: Choice): void {
  chat.conversation.choose(choice);
  chat.sent();
}

function unsent({ words, conversation }: LamoonChat, outgoing: Outgoing): TemplateResult {
  const { offline } = conversation;
  return html`<div class="message visitor unsent">
      <span class="unseen">${words.you}</span>
      <div class="bubble"><p>${outgoing.text}</p></div>
    </div>
    <div class="stamp visitor">
      ${offline ? words.waitingToSend : words.sending}
      ${offline ? html`<button class="plain" type="button" @click=${() => conversation.unsend(outgoing)}>${words.unsend}</button>` : nothing}
    </div>`;
}
