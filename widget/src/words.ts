/** Every word of the widget. A page replaces any of them with the attribute `words`, a JSON object with these keys. */
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
  typing: "Writing",
  message: "Your message",
  send: "Send",
  charactersLeft: "Characters left: {n}",
  tooLong: "Too long by {n} characters: not sent. Please send it in parts.",
  sending: "Sending",
  waitingToSend: "Waits for the connection",
  offline: "No connection. What you write is kept, and sent once you are back.",
  newMessages: "New messages",
  today: "Today",
  yesterday: "Yesterday",
  warning: "For your safety",
  emergency: "This may be an emergency",
  crisis: "You are not alone",
  call: "Call {n}",
  source: "From our guide: {n}",
  up: "This helped",
  down: "This did not help",
  thanks: "Thank you.",
  why: "Would you like to say why?",
  menu: "More",
  restart: "Start over",
  restartSure: "Start over? What was said goes out of sight, a half-made booking is dropped.",
  transcript: "Download the conversation",
  leave: "Leave a message for the team",
  leaveSure: "The team keeps what you write here, to get back to you.",
  name: "Your name",
  contact: "Phone or e-mail",
  forget: "Delete my data",
  forgetSure: "Delete this conversation, here and at the studio? This cannot be undone. A booking request stays with the team unless you withdraw it too. E-mails to the team have to be deleted there.",
  withdraw: "Also withdraw a booking request that I sent",
  cancel: "Cancel",
  deleted: "Your conversation is deleted.",
  ended: "The earlier conversation has ended. You can start a new one.",
  failed: "That did not work. Please try again.",
  busy: "One moment, your message is sent shortly.",
};

export type Words = typeof english;

/** The English words with a page's own in their place; a table that cannot be used is reported to the page's author. */
export function wordsFrom(table: string | null): Words {
  if (!table) return english;
  try {
    const own = Object.entries(JSON.parse(table) as object).filter(([key, word]) => key in english && typeof word === "string");
    return { ...english, ...Object.fromEntries(own) };
  } catch {
    console.warn('lamoon-chat: "words" is not used. Expected a JSON object, such as {"send": "Senden"}');
    return english;
  }
}

export function fill(words: string, value: string | number): string {
  return words.replace("{n}", String(value));
}
