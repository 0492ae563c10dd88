import { html, nothing, type TemplateResult } from "lit/html.js";
import type { LamoonChat } from "../chat.js";
import * as icons from "../icons.js";
import type { Message, Outgoing } from "../types.js";
import { fill } from "../words.js";
import { choiceList, thread } from "./message.js";
import { link } from "./link.js";

export const MOST_CHARACTERS = 10_000;
const COUNT_FROM = 9500;

/** The open chat: header, conversation, composer; over them a question. */
export function panel(chat: LamoonChat): TemplateResult {
  const { words, conversation, state } = chat;
  return html`<div class="whole" ?inert=${!!state.question}>
      ${header(chat)}
      <div class="log" role="log" aria-live="off" aria-label=${words.conversation} tabindex="0" @scroll=${chat.scrolled}>
        ${welcome(chat)}${thread(chat)}
        ${conversation.typing ? html`<p class="typing"><span class="unseen">${words.typing}</span><i></i><i></i><i></i></p>` : nothing}
      </div>
      ${state.below ? html`<button class="below" type="button" @click=${chat.toEnd}>${icons.down}${state.unseen ? words.newMessages : words.moreBelow}</button>` : nothing}
      ${state.notice ? html`<p class="banner">${state.notice}</p>` : nothing}
      ${conversation.offline ? html`<p class="banner offline">${words.offline}</p>` : nothing} ${composer(chat)}
    </div>
    ${state.question ? chat.later!.sheet(chat) : nothing}`;
}

function header(chat: LamoonChat): TemplateResult {
  const { words, caption } = chat;
  const { menu } = chat.state;
  return html`<header>
    <span class="mark">${icons.moon}</span>
    <div class="heading"><h2 id="title">${caption}</h2>${subtitle(chat)}</div>
    <button class="round" type="button" id="more" aria-label=${words.menu} title=${words.menu} aria-expanded=${menu} @click=${chat.toggleMenu}>${icons.more}</button>
    ${menu ? chat.later!.menu(chat) : nothing}
    <button class="round" type="button" aria-label=${words.close} title=${words.close} @click=${chat.hide}>${icons.close}</button>
  </header>`;
}

function subtitle({ words, conversation }: LamoonChat): TemplateResult | typeof nothing {
  const { mode, studio } = conversation;
  if (mode !== "bot") return html`<p>${words[mode]}</p>`;
  const open = studio?.open_now ?? null;
  return open === null ? nothing : html`<p>${open ? words.openNow : words.closedNow}</p>`;
}

const byVisitor = (message: Message | Outgoing) => !("from" in message) || message.from === "visitor";

/** The greeting, what becomes of health data, and a few ways to begin: before the first message. */
function welcome(chat: LamoonChat): TemplateResult {
  const { words, conversation } = chat;
  const { messages, pending, studio } = conversation;
  const begun = [...messages, ...pending].some(byVisitor);
  // Copies: unlike the choices of a message they are good again after starting over.
  return html`<div class="message bot">
      <span class="unseen">${words.bot}</span>
      <div class="bubble"><p>${chat.welcome}</p></div>
      ${begun ? nothing : choiceList(chat, studio?.suggestions.map((choice) => ({ ...choice })) ?? [])}
    </div>
    <p class="consent">
      ${studio?.consent ?? words.consent} ${chat.privacy ? link(chat.privacy, words.privacy) : nothing}
    </p>`;
}

function composer(chat: LamoonChat): TemplateResult {
  const { words, state } = chat;
  return html`<form class="composer" @submit=${chat.submit}>
    ${state.correcting ? chat.later!.correcting(chat) : nothing}
    <label class="unseen" for="input">${words.message}</label>
    <textarea id="input" rows="1" placeholder=${words.message} enterkeyhint="send" autocomplete="off" @input=${chat.typed} @keydown=${chat.pressed}></textarea>
    <button class="send" type="submit" aria-label=${words.send} title=${words.send}>${icons.send}</button>
    ${state.length > COUNT_FROM ? html`<p class="count">${fill(words.charactersLeft, MOST_CHARACTERS - state.length)}</p>` : nothing}
  </form>`;
}
