import type { laterEnglish } from "./later/words.js";

/**
 * The words that are there from the start; later/words.ts has the others. A page replaces any of them with the attribute `words`,
 * a JSON object with these keys.
 */
export const english = {
  open: "Open chat",
  close: "Close chat",
  hide: "Hide this greeting",
  unread: "new messages: {n}",
  invitation: "Hello! I am the assistant. Any questions?",
  greeting: "Hello! Ask me about myofascial release, or book a visit.",
  consent: "Share only what you are happy to write down. What you tell us about your health keeps your treatment safe.",
  privacy: "Privacy",
  openNow: "We are open now",
  closedNow: "We are closed right now",
  waiting: "The team knows; the assistant answers meanwhile",
  human: "You are talking with the team",
  conversation: "Conversation",
  you: "You said:",
  bot: "Assistant said:",
  team: "The team said:",
  teamName: "The team",
  choices: "Choices",
  change: "Change",
  typing: "Writing",
  message: "Your message",
  send: "Send",
  charactersLeft: "Characters left: {n}",
  tooLong: "Too long by {n} characters: not sent. Please send it in parts.",
  sending: "Sending",
  waitingToSend: "Waits for the connection",
  unsend: "Don't send",
  offline: "No connection. What you write is kept, and sent once you are back.",
  newMessages: "New messages",
  moreBelow: "More below",
  today: "Today",
  yesterday: "Yesterday",
  warning: "For your safety",
  emergency: "Please get help now",
  crisis: "You are not alone",
  call: "Call {n}",
  source: "From our guide: {n}",
  menu: "More",
  leave: "Leave a message for the team",
  ended: "The earlier conversation has ended. You can start a new one.",
  failed: "That did not work. Please try again.",
  notLoaded: "This part of the chat could not be loaded. Please try again.",
  busy: "One moment, your message is sent shortly.",
};

export type Words = typeof english & typeof laterEnglish;

/** The `known` words with a page's own in their place; a table that cannot be used is reported to the page's author. */
export function wordsFrom(table: string | null, known: Partial<Words> = english): Words {
  let own: object = {};
  try {
    own = JSON.parse(table || "{}") as object;
  } catch {
    console.warn('lamoon-chat: "words" is not used. Expected a JSON object, such as {"send": "Senden"}');
  }
  const used = Object.entries(own).filter(([key, word]) => key in known && typeof word === "string");
  return { ...known, ...Object.fromEntries(used) } as Words;
}

export function fill(words: string, value: string | number): string {
  return words.replace("{n}", String(value));
}
