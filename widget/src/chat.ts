import { html, nothing, type TemplateResult } from "lit/html.js";
import { colour, contrastOf } from "./colour.js";
import { Conversation } from "./conversation.js";
import { TemplateElement } from "./element.js";
import * as icons from "./icons.js";
import { LiveRegion } from "./live-region.js";
import frame from "./style/frame.css";
import theme from "./style/theme.css";
import thread from "./style/thread.css";
import type { Message } from "./types.js";
import { dialog, type Question } from "./view/dialog.js";
import { MOST_CHARACTERS, panel } from "./view/panel.js";
import { plain } from "./view/tree.js";
import { fill, wordsFrom, type Words } from "./words.js";

const GREETING_AFTER = 4000;
const NOTICE_FOR = 8000;
const AT_END = 60; // pixels
const ABOVE = 12;
const TELL_EACH = 12; // characters between two signs that the visitor types
const PHONE = matchMedia("(max-width: 480px), (max-height: 480px)");

/** What the chat shows beside the conversation itself. */
interface State {
  opened: boolean;
  /** Whether the greeting stands beside the launcher. */
  greets: boolean;
  /** Whether there is something new below what is in sight. */
  below: boolean;
  menu: boolean;
  question: Question | null;
  /** Why what was confirmed did not work. */
  problem: string;
  busy: boolean;
  notice: string;
  /** The message whose vote may get a word; 0: none. */
  asksWhy: number;
  /** Characters in the input. */
  length: number;
}

/**
 * `<lamoon-chat>`: a launcher and the chat behind it. docs/widget.md describes its attributes, custom properties and words.
 *
 * On a phone the chat fills the screen as a modal dialog; otherwise it stands beside the page, which stays usable.
 */
export class LamoonChat extends TemplateElement {
  static readonly observedAttributes = ["heading", "greeting", "privacy", "accent", "words"];

  readonly state: State = {
    opened: false,
    greets: false,
    below: false,
    menu: false,
    question: null,
    problem: "",
    busy: false,
    notice: "",
    asksWhy: 0,
    length: 0,
  };
  conversation!: Conversation;
  words!: Words;
  #live = new LiveRegion(() => this.find("#live"));
  #stuck = true;
  #timers = { greeting: 0, notice: 0 };

  /** Takes the gateway's address for pages that do not name one. */
  constructor(private readonly home: string) {
    super([theme, frame, thread]);
  }

  get language(): string {
    return this.lang || document.documentElement.lang || navigator.language;
  }

  get caption(): string {
    return this.getAttribute("heading") || this.conversation.studio?.name || "";
  }

  get welcome(): string {
    return this.getAttribute("greeting") || this.conversation.studio?.greeting || this.words.greeting;
  }

  get privacy(): string | null {
    return this.getAttribute("privacy") || this.conversation.studio?.privacy_link || null;
  }

  connectedCallback(): void {
    this.#readAttributes();
    this.conversation = new Conversation(this.getAttribute("gateway") || this.home, this.language, {
      changed: () => void this.update(),
      arrived: (message) => this.#arrived(message),
      notice: (kind, text) => this.#notice(text || this.words[kind]),
    });
    this.conversation.start();
    PHONE.addEventListener("change", this.#reshow);
    if (!session("greeted")) this.#timers.greeting = setTimeout(() => this.#greet(), GREETING_AFTER);
    void this.update().then(() => {
      // Not show(): that would move the focus, and nobody has asked for it on this page yet.
      if (session("open") && !PHONE.matches) this.set({ opened: (this.#panel.open = true) });
    });
  }

  disconnectedCallback(): void {
    this.conversation.stop();
    PHONE.removeEventListener("change", this.#reshow);
    Object.values(this.#timers).forEach(clearTimeout);
  }

  override attributeChangedCallback(): void {
    this.#readAttributes();
    super.attributeChangedCallback();
  }

  set(state: Partial<State>): Promise<void> {
    Object.assign(this.state, state);
    return this.update();
  }

  protected override drawn(): void {
    if (this.state.opened && !document.hidden) this.conversation.markRead();
    if (this.#stuck) this.#follow();
  }

  protected override template(): TemplateResult {
    return html`<section aria-label=${this.caption || this.words.open}>
      <dialog class="panel" aria-labelledby="title" @close=${this.#closed} @keydown=${this.#escape} @focusout=${this.#left}>
        ${panel(this)}
        <div id="live" class="unseen" aria-live="polite"></div>
        <dialog class="dialog" aria-labelledby="question" @close=${this.#dialogClosed}>${dialog(this)}</dialog>
      </dialog>
      ${this.#greeting()} ${this.#launcher()}
    </section>`;
  }

  #launcher(): TemplateResult {
    const { words } = this;
    const { opened } = this.state;
    const unread = opened ? 0 : this.conversation.unread;
    const label = opened ? words.close : unread ? `${words.open}, ${fill(words.unread, unread)}` : words.open;
    return html`<button class="launcher" type="button" aria-label=${label} aria-expanded=${opened} @click=${opened ? this.hide : this.show}>
      ${opened ? icons.close : icons.chat}${unread ? html`<span class="badge" aria-hidden="true">${unread}</span>` : nothing}
    </button>`;
  }

  #greeting(): TemplateResult | typeof nothing {
    if (!this.state.greets || this.state.opened) return nothing;
    return html`<div class="greeting">
      <button class="text" type="button" @click=${this.show}>${this.getAttribute("greeting") || this.words.invitation}</button>
      <button class="round" type="button" aria-label=${this.words.hide} @click=${() => this.set({ greets: false })}>${icons.close}</button>
    </div>`;
  }

  /** Opens the chat and puts the cursor into it: for a visitor's click. */
  show = (): void => {
    if (!this.#panel.open) this.#unfold();
    session("greeted", "1");
    session("open", "1");
    void this.conversation.loadStudio();
    void this.set({ opened: true, greets: false }).then(() => {
      this.#follow();
      this.focusInput();
    });
  };

  hide = (): void => this.#panel.close();

  /** Opens the chat with a question, as if the visitor had typed it: for buttons of the page. */
  say(text: string): void {
    this.show();
    this.conversation.say(text);
    this.sent();
  }

  /** After something was sent: its end comes into sight, and the cursor back to the input. */
  sent(): void {
    this.#stuck = true;
    this.set({ notice: "" });
    this.focusInput();
  }

  focusInput(): void {
    // On a phone the keyboard would cover the answer.
    this.find(matchMedia("(pointer: fine)").matches ? "#input" : ".log").focus();
  }

  submit = (event: Event): void => {
    event.preventDefault();
    const input = this.find<HTMLTextAreaElement>("#input");
    const text = input.value.trim();
    const over = text.length - MOST_CHARACTERS;
    if (over > 0) this.#notice(fill(this.words.tooLong, over));
    else if (text) {
      input.value = "";
      this.state.length = 0;
      this.conversation.say(text);
      this.sent();
    }
    input.focus();
  };

  typed = ({ target }: InputEvent): void => {
    const { length } = (target as HTMLTextAreaElement).value;
    const { mode, gateway } = this.conversation;
    if (mode === "human" && length % TELL_EACH === 1) gateway.types();
    void this.set({ length });
  };

  pressed = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.submit(event);
  };

  scrolled = (): void => {
    const log = this.find(".log");
    this.#stuck = log.scrollHeight - log.scrollTop - log.clientHeight < AT_END;
    if (this.#stuck && this.state.below) this.set({ below: false });
  };

  toEnd = (): void => {
    const log = this.find(".log");
    log.scrollTop = log.scrollHeight;
  };

  /** The end comes into sight, but a long reply is read from its start: not further than to the visitor's last message. */
  #follow(): void {
    const log = this.find(".log");
    const last = [...log.querySelectorAll<HTMLElement>(".visitor .bubble")].at(-1);
    const start = last ? last.parentElement!.offsetTop - ABOVE : Infinity;
    log.scrollTop = Math.max(log.scrollTop, Math.min(log.scrollHeight, start));
  }

  download = async (): Promise<void> => {
    this.set({ menu: false });
    try {
      const address = URL.createObjectURL(await this.conversation.gateway.transcript());
      Object.assign(document.createElement("a"), { href: address, download: "chat.txt" }).click();
      setTimeout(() => URL.revokeObjectURL(address), NOTICE_FOR);
    } catch (problem) {
      this.#notice((problem as Error).message || this.words.failed);
    }
  };

  ask(question: Question): void {
    void this.set({ menu: false, problem: "", question }).then(() => this.#dialog.showModal());
  }

  dismiss = (): void => this.#dialog.close();

  /** Waits for what the visitor has confirmed; where it fails, the question stays open and says why. */
  async settle(done: Promise<void>): Promise<void> {
    this.set({ busy: true, problem: "" });
    try {
      await done;
      this.dismiss();
    } catch (problem) {
      this.set({ problem: (problem as Error).message || this.words.failed });
    } finally {
      this.set({ busy: false });
    }
  }

  get #panel(): HTMLDialogElement {
    return this.find(".panel");
  }

  get #dialog(): HTMLDialogElement {
    return this.find(".dialog");
  }

  #unfold(): void {
    if (PHONE.matches) this.#panel.showModal();
    else this.#panel.show();
  }

  #closed = (): void => {
    session("open", "");
    void this.set({ opened: false, menu: false }).then(() => this.find(".launcher").focus());
  };

  #dialogClosed = (event: Event): void => {
    event.stopPropagation();
    this.set({ question: null });
    this.focusInput();
  };

  #escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || this.state.question) return;
    event.preventDefault();
    if (!this.state.menu) return this.hide();
    this.set({ menu: false });
    this.find("#more").focus();
  };

  /** The menu goes when the focus leaves it. */
  #left = (event: FocusEvent): void => {
    const to = event.relatedTarget as Element | null;
    if (this.state.menu && to && !to.closest("header")) this.set({ menu: false });
  };

  /** Between phone and desktop a dialog changes from modal to not: that takes opening it anew. */
  #reshow = (): void => {
    if (!this.state.opened) return;
    this.#panel.open = false;
    this.#unfold();
  };

  #arrived(message: Message): void {
    this.state.greets = false;
    if (!this.state.opened) return;
    this.state.below = !this.#stuck;
    const { words } = this;
    const choices = message.choices.map(({ title }) => title).join(", ");
    this.#live.say(`${message.from === "team" ? words.team : words.bot} ${plain(message.body)} ${choices}`);
  }

  #notice(notice: string): void {
    this.set({ notice });
    this.#live.say(notice);
    clearTimeout(this.#timers.notice);
    this.#timers.notice = setTimeout(() => this.set({ notice: "" }), NOTICE_FOR);
  }

  #greet(): void {
    if (this.state.opened || this.conversation.begun) return;
    session("greeted", "1");
    this.set({ greets: true });
  }

  #readAttributes(): void {
    this.words = wordsFrom(this.getAttribute("words"));
    const accent = colour(this.getAttribute("accent"));
    this.style.setProperty("--lamoon-accent", accent);
    this.style.setProperty("--lamoon-on-accent", accent && contrastOf(accent));
  }
}

/** A mark for this tab only. Without a value it is read. */
function session(key: string, value?: string): string | null {
  try {
    if (value !== undefined) sessionStorage.setItem(`lamoon:${key}`, value);
    return sessionStorage.getItem(`lamoon:${key}`);
  } catch {
    return null;
  }
}
