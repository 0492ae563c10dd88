// What the gateway says; docs/gateway.md describes it.

export type Kind = "text" | "warning" | "emergency" | "crisis" | "apology" | "notice";
export type Sender = "visitor" | "bot" | "team" | "system";
export type Mode = "bot" | "waiting" | "human";
export type Vote = "up" | "down" | null;

/** A safe tree, made by the gateway from markdown: these tags and no others. */
export interface TreeNode {
  t: "p" | "ul" | "ol" | "li" | "strong" | "em" | "br" | "a" | "text";
  /** Of an item: which of the message's choices changes it. */
  choice?: number;
  c?: TreeNode[];
  v?: string;
  href?: string;
}

export interface Choice {
  title: string;
  /** Signed by the gateway; the widget hands it back as it is. */
  choice: string;
  used?: boolean;
  /** What most people press. */
  main?: boolean;
}

export interface Message {
  id: number;
  client_id: string | null;
  from: Sender;
  at: string;
  kind: Kind;
  body: TreeNode[];
  choices: Choice[];
  source: { topic: string; section: string; title: string } | null;
  feedback: Vote;
  /** A visitor's words, while they can be corrected or deleted. */
  text?: string;
  /** Who of the team wrote it, where the studio wants that named. */
  by?: string;
}

export interface Studio {
  name: string;
  phone: string | null;
  email: string | null;
  booking_link: string | null;
  greeting: string | null;
  consent: string | null;
  privacy_link: string | null;
  emergency: { number: string | null; crisis_line: string | null } | null;
  open_now: boolean | null;
  suggestions: Choice[];
}

/** A message on its way: kept until the gateway has it. */
export interface Outgoing {
  order: number;
  client_id: string;
  at: string;
  text: string;
  choice?: string;
  /** The client_id of the message that this one corrects. */
  corrects?: string;
}

export interface TeamMessage {
  name: string;
  contact: string;
  text: string;
}
