import type { ServerEvent } from "./event-parser.js";
import { ApiError, Gateway } from "./gateway.js";
import { Memory } from "./memory.js";
import { Outbox, uuid } from "./outbox.js";
import { Stream } from "./stream.js";
import type { Choice, Message, Mode, Outgoing, Studio, TeamMessage, Vote } from "./types.js";

const HIDDEN_FOR_LONG = 30_000;
const TYPING_AT_MOST = 30_000;
const LONGEST_WAIT = 15_000;

export interface Listener {
  changed(): void;
  /** A message of the assistant or the team that this visitor has not seen. */
  arrived(message: Message): void;
  /** Something that the visitor should read once; `kind` chooses the words where the gateway gave none. */
  notice(kind: "ended" | "failed" | "busy", text?: string): void;
}

/** One visitor's conversation: what is said, what is on its way, and the connection to the gateway. */
export class Conversation {
  studio: Studio | null = null;
  typing = false;
  mode: Mode = "bot";
  /** Whether the gateway cannot be reached. */
  offline = false;
  readonly gateway: Gateway;

  #memory: Memory;
  #outbox: Outbox;
  #stream: Stream;
  #messages = new Map<number, Message>();
  /** Whose messages these are. */
  #token: string | null = null;
  #cursor = 0;
  /** What was read when this tab began; other tabs may read on meanwhile. */
  #history = 0;
  /** The first message to show: starting over raises it. */
  #shownFrom = 0;
  #delivering = false;
  #wait = 1000;
  #timers = { typing: 0, hidden: 0, retry: 0 };
  #ends: (() => void)[] = [];

  constructor(
    address: string,
    private readonly language: string,
    private readonly listener: Listener,
  ) {
    this.#memory = new Memory(`lamoon:${address}:`);
    this.#outbox = new Outbox(this.#memory);
    this.gateway = new Gateway(address, () => this.#memory.get("token"));
    this.#stream = new Stream((signal) => this.gateway.stream(this.#cursor, signal), {
      open: () => this.#reached(true),
      lost: () => {
        this.#cursor = 0; // what is there already may be deleted or used meanwhile
        this.#reached(false);
      },
      refused: () => this.#ended(),
      event: (event) => this.#heard(event),
    });
  }

  start(): void {
    const on = (target: EventTarget, type: string, run: (event: Event) => void) => {
      target.addEventListener(type, run);
      this.#ends.push(() => target.removeEventListener(type, run));
    };
    on(window, "online", () => this.#wakeUp());
    on(window, "offline", () => this.#reached(false));
    on(window, "pagehide", () => this.#rest());
    on(window, "pageshow", () => this.#follow());
    on(document, "visibilitychange", () => this.#visibility());
    this.#ends.push(this.#memory.watch((key) => this.#otherTab(key)));
    this.offline = !navigator.onLine;
    this.#history ||= this.#number("read");
    if (this.#token && this.#token !== this.#memory.get("token")) this.#clear();
    this.#token = this.#memory.get("token");
    void this.loadStudio();
    this.#wakeUp();
  }

  stop(): void {
    this.#ends.splice(0).forEach((end) => end());
    this.#rest();
    Object.values(this.#timers).forEach(clearTimeout);
  }

  /** Loads what the chat shows of the studio, once. */
  async loadStudio(): Promise<void> {
    if (this.studio) return;
    this.studio = await this.gateway.studio().catch(() => null);
    this.listener.changed();
  }

  /** What is said since the visitor started (over), oldest first. */
  get messages(): Message[] {
    return [...this.#messages.values()].filter(({ id }) => id >= this.#shownFrom).sort((one, other) => one.id - other.id);
  }

  /** What the gateway has not confirmed, from any tab, oldest first. */
  get pending(): Outgoing[] {
    const arrived = new Set(Array.from(this.#messages.values(), (message) => message.client_id));
    return this.#outbox.list().filter(({ client_id }) => !arrived.has(client_id));
  }

  get unread(): number {
    const read = this.#number("read");
    return this.messages.filter(({ id, from }) => id > read && from !== "visitor").length;
  }

  get begun(): boolean {
    return this.#memory.get("token") !== null || this.pending.length > 0;
  }

  markRead(): void {
    const last = this.messages.at(-1)?.id ?? 0;
    if (last > this.#number("read")) this.#memory.set("read", String(last));
  }

  /** Sends what the visitor has written; `corrects` is the client_id of the message that it corrects. */
  say(text: string, corrects?: string): void {
    this.#outbox.add(text, { corrects });
    this.#deliver();
  }

  /** Takes back a message that still waits. One that has reached the gateway all the same comes with the stream. */
  unsend(outgoing: Outgoing): void {
    this.#outbox.remove(outgoing);
    this.listener.changed();
  }

  /** Deletes a message of the visitor's, here and at the studio. Raises ApiError. */
  async withdraw({ client_id }: Message): Promise<void> {
    await this.gateway.withdraw(client_id!);
  }

  choose(choice: Choice): void {
    choice.used = true;
    this.#outbox.add(choice.title, { choice: choice.choice });
    this.#deliver();
  }

  async vote(message: Message, value: Vote, word: string | null): Promise<void> {
    this.#messages.set(message.id, { ...message, feedback: value });
    this.listener.changed();
    try {
      await this.gateway.vote(message.id, value, word);
    } catch (problem) {
      this.#messages.set(message.id, message);
      this.#failed(problem);
    }
  }

  /** Starts over; what was said stays on record, out of sight. Raises ApiError. */
  async restart(): Promise<void> {
    if (this.#memory.get("token")) await this.gateway.restart();
    this.#outbox.clear();
    this.typing = false;
    this.listener.changed();
  }

  /** Deletes the conversation, here and at the studio; with `withdraw` also requests that were sent. Raises ApiError. */
  async forget(withdraw: boolean): Promise<void> {
    if (this.#memory.get("token")) {
      await this.gateway.forget(withdraw).catch((problem: ApiError) => {
        if (problem.status !== 401) throw problem;
      });
    }
    this.#outbox.clear();
    this.#reset();
  }

  /** Leaves a message for the team. Raises ApiError. */
  async tellTeam(message: TeamMessage): Promise<void> {
    await this.#begin();
    await this.gateway.tellTeam(uuid(), message);
  }

  #number(key: string): number {
    return Number(this.#memory.get(key) ?? 0);
  }

  #wakeUp(): void {
    this.#follow();
    this.#deliver();
  }

  #follow(): void {
    if (this.#memory.get("token") && document.visibilityState === "visible") this.#stream.start();
  }

  /** Without a stream until it is looked at again, which reads all anew: it may be deleted or used meanwhile. */
  #rest(): void {
    this.#cursor = 0;
    this.#stream.stop();
  }

  /** A browser opens few connections to one server: a tab that nobody looks at gives its own back. */
  #visibility(): void {
    clearTimeout(this.#timers.hidden);
    if (document.hidden) this.#timers.hidden = setTimeout(() => this.#rest(), HIDDEN_FOR_LONG);
    else this.#wakeUp();
    this.listener.changed();
  }

  #otherTab(key: string): void {
    if (key === "token" && this.#memory.get("token") !== this.#token) {
      this.#clear();
      this.#token = this.#memory.get("token");
      this.#follow();
    }
    this.listener.changed();
  }

  #reached(yes: boolean): void {
    if (this.offline === yes) {
      this.offline = !yes;
      this.listener.changed();
    }
    if (yes) {
      void this.loadStudio();
      this.#deliver();
    }
  }

  #heard({ event, data }: ServerEvent): void {
    const value = JSON.parse(data);
    if (event === "message") this.#received(value);
    else if (event === "typing") this.#type(value.on);
    else if (event === "status") [this.mode, this.#shownFrom] = [value.mode, value.shown_from];
    else if (event === "deleted") this.#ended();
    this.listener.changed();
  }

  #received(message: Message): void {
    const isNew = message.id > this.#history && !this.#messages.has(message.id);
    this.#cursor = Math.max(this.#cursor, message.id);
    this.#messages.set(message.id, message);
    if (isNew && message.from !== "visitor") this.listener.arrived(message);
  }

  #type(on: boolean): void {
    clearTimeout(this.#timers.typing);
    this.typing = on;
    if (on) {
      this.#timers.typing = setTimeout(() => {
        this.typing = false;
        this.listener.changed();
      }, TYPING_AT_MOST);
    }
  }

  /** Sends what waits, one after the other, in one tab at a time. */
  #deliver(): void {
    this.listener.changed();
    if (this.#delivering || !this.#outbox.list().length) return;
    this.#delivering = true;
    clearTimeout(this.#timers.retry);
    // Read again before each: one may have been taken back meanwhile.
    const all = async () => {
      for (let next; (next = this.#outbox.list()[0]); ) await this.#send(next);
    };
    // Without locks (pages without https) two tabs may send the same message: the gateway knows it by its client_id.
    const exclusive = navigator.locks ? navigator.locks.request(`lamoon:${this.gateway.address}`, all) : all();
    void exclusive.then(
      () => this.#delivered(),
      (problem: unknown) => this.#retry(problem),
    );
  }

  #delivered(): void {
    this.#delivering = false;
    this.#wait = 1000;
    this.#reached(true);
  }

  #retry(problem: unknown): void {
    this.#delivering = false;
    const busy = problem instanceof ApiError && problem.status === 429;
    if (busy) this.listener.notice("busy", problem.message);
    else this.#reached(false);
    const wait = (busy && problem.retryAfter * 1000) || this.#wait;
    this.#timers.retry = setTimeout(() => this.#deliver(), wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }

  /** Hands one message over. Raises ApiError where it may go through later. */
  async #send(outgoing: Outgoing): Promise<void> {
    await this.#begin();
    try {
      const { id, at } = await this.gateway.send(outgoing);
      // The stream may have brought it already, with what the gateway added.
      if (!this.#messages.has(id)) this.#messages.set(id, mine(id, at, outgoing));
    } catch (problem) {
      if (!(problem instanceof ApiError) || problem.passing) throw problem;
      if (problem.status === 401) {
        this.#ended();
        return this.#send(outgoing);
      }
      this.#failed(problem);
    }
    this.#outbox.remove(outgoing);
    this.listener.changed();
  }

  async #begin(): Promise<void> {
    const known = this.#memory.get("token");
    this.#token = known ?? (await this.gateway.begin(this.language)).token;
    this.#memory.set("token", this.#token); // once more: the page may have cleared it
    this.#follow();
  }

  #failed(problem: unknown): void {
    this.listener.notice("failed", problem instanceof ApiError ? problem.message : "");
    this.listener.changed();
  }

  /** The conversation is over on the gateway's side: expired, or deleted in another place. */
  #ended(): void {
    if (!this.#memory.get("token")) return;
    this.#reset();
    this.listener.notice("ended");
  }

  #reset(): void {
    ["token", "read"].forEach((key) => this.#memory.delete(key));
    this.#clear();
  }

  #clear(): void {
    this.#rest();
    this.#token = null;
    this.#messages.clear();
    this.#shownFrom = this.#history = 0;
    this.typing = false;
    this.mode = "bot";
    this.listener.changed();
  }
}

/** The visitor's own message, shown before the stream brings it. */
function mine(id: number, at: string, { client_id, text }: Outgoing): Message {
  const body: Message["body"] = [{ t: "p", c: [{ t: "text", v: text }] }];
  return { id, client_id, from: "visitor", at, kind: "text", body, choices: [], source: null, feedback: null, text };
}
