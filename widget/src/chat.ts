import { html, nothing, svg, type TemplateResult } from "lit/html.js";
import { colour, contrastOf } from "./colour.js";
import { Conversation } from "./conversation.js";
import { TemplateElement } from "./element.js";
import * as icons from "./icons.js";
import { load, type Later } from "./later.js";
import type { Question } from "./later/sheet.js";
import { LiveRegion } from "./live-region.js";
import { Scrolling } from "./scrolling.js";
import { session } from "./session.js";
import frame from "./style/frame.css";
import theme from "./style/theme.css";
import thread from "./style/thread.css";
import { countInTitle } from "./title.js";
import type { Message, TeamMessage } from "./types.js";
import { MOST_CHARACTERS, panel } from "./view/panel.js";
import { plain } from "./view/tree.js";
import { english, fill, wordsFrom, type Words } from "./words.js";

const GREETING_AFTER = 4000;
const NOTICE_FOR = 8000;
const TELL_EACH = 12; // characters between two signs that the visitor types
const IME = 229; // Safari's Enter that ends a composition comes after it, with this code only
// In em, which is the browser's own font size here: what does not fit beside the page fills the screen.
const PHONE = matchMedia("(max-width: 30em), (max-height: 30em)");

/** What the chat shows beside the conversation itself. */
interface State {
  opened: boolean;
  /** Whether the greeting stands beside the launcher. */
  greets: boolean;
  /** Whether more lies below what is in sight, and whether it came unseen. */
  below: boolean;
  unseen: boolean;
  menu: boolean;
  question: Question | null;
  /** The message that the question, or the correction in hand, is about. */
  about: Message | null;
  correcting: boolean;
  /** Why what was confirmed did not work, and which field has to be changed. */
  problem: { text: string; field?: keyof TeamMessage } | null;
  busy: boolean;
  notice: string;
  /** The answer that was rated last, and whether a reason was given. */
  rated: { id: number; told: boolean };
  /** The visitor's message whose deeds are open; 0: none. */
  own: number;
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
  /** What the second file draws with. */
  static readonly lit = { html, nothing, svg };

  readonly state: State = {
    opened: false,
    greets: false,
    below: false,
    unseen: false,
    menu: false,
    question: null,
    about: null,
    correcting: false,
    problem: null,
    busy: false,
    notice: "",
    rated: { id: 0, told: false },
    own: 0,
    length: 0,
  };
  conversation!: Conversation;
  words!: Words;
  later: Later | null = null;
  #live = new LiveRegion(() => this.find("#live"));
  #scrolling = new Scrolling((selector) => this.find(selector));
  #resized = new ResizeObserver(() => this.drawn());
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

  /** Again where a page takes the element away and puts it back: the conversation goes on. */
  connectedCallback(): void {
    this.#readAttributes();
    this.conversation ??= new Conversation(this.getAttribute("gateway") || this.home, this.language, {
      changed: () => void this.update(),
      arrived: (message) => this.#arrived(message),
      notice: (kind, text) => this.notice(text || this.words[kind]),
    });
    this.conversation.start();
    PHONE.addEventListener("change", this.#reshow);
    document.addEventListener("visibilitychange", this.#looked);
    if (!session("greeted")) this.#timers.greeting = setTimeout(() => this.#greet(), GREETING_AFTER);
    void this.update().then(() => {
      this.#resized.observe(this.find(".log"));
      if (!this.input.value) this.fill(session("draft"));
      // Not show(): that would move the focus, and nobody has asked for it on this page yet.
      if (session("open") && !this.state.opened && !PHONE.matches) {
        void this.set({ opened: (this.#panel.open = true) });
        void this.need(true);
      } else if (PHONE.matches) this.#reshow();
    });
  }

  disconnectedCallback(): void {
    this.conversation.stop();
    this.#resized.disconnect();
    PHONE.removeEventListener("change", this.#reshow);
    document.removeEventListener("visibilitychange", this.#looked);
    Object.values(this.#timers).forEach(clearTimeout);
    countInTitle(0);
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
    const looked = this.state.opened && !document.hidden;
    if (looked) this.conversation.markRead();
    countInTitle(looked ? 0 : this.conversation.unread);
    // The end of what a person writes; the assistant's reply is read from its start, below the visitor's last message.
    this.#scrolling.follow(this.conversation.mode === "human" ? ".message" : ".message.visitor");
    this.scrolled();
  }

  protected override template(): TemplateResult {
    return html`<section aria-label=${this.caption || this.words.open}>
      <dialog class="panel" aria-labelledby="title" @close=${this.#closed} @keydown=${this.#escape} @focusout=${this.#left}>
        ${panel(this)}
        <div id="live" class="unseen" aria-live="polite"></div>
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
    session("greeted", "1");
    session("open", "1");
    this.#open();
    void this.conversation.loadStudio();
    void this.update().then(() => this.focusInput());
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
    this.#scrolling.release();
    void this.set({ notice: "" });
    this.focusInput();
  }

  focusInput(): void {
    // On a phone the keyboard would cover the answer.
    this.find(matchMedia("(pointer: fine)").matches ? "#input" : ".log").focus();
  }

  get input(): HTMLTextAreaElement {
    return this.find<HTMLTextAreaElement>("#input");
  }

  submit = (event: Event): void => {
    event.preventDefault();
    const text = this.input.value.trim();
    const { about, correcting } = this.state;
    const over = text.length - MOST_CHARACTERS;
    if (over > 0) this.notice(fill(this.words.tooLong, over));
    else if (correcting) {
      if (text && text !== about!.text) this.conversation.say(text, about!.client_id!);
      this.later!.correct(this, null);
      this.sent();
    } else if (text) {
      this.forgetDraft();
      this.conversation.say(text);
      this.sent();
    }
    this.input.focus();
  };

  typed = (): void => {
    const { length } = this.input.value;
    const { mode, gateway } = this.conversation;
    if (mode === "human" && length % TELL_EACH === 1) gateway.types();
    if (!this.state.correcting) session("draft", this.input.value);
    void this.set({ length });
  };

  pressed = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== IME) this.submit(event);
  };

  forgetDraft(): void {
    session("draft", "");
    this.fill("");
  }

  fill(text: string): void {
    this.input.value = text;
    void this.set({ length: text.length });
  }

  scrolled = (): void => {
    this.#scrolling.scrolled();
    const below = this.state.opened && this.#scrolling.hidesMore;
    const unseen = below && this.state.unseen;
    if (below !== this.state.below || unseen !== this.state.unseen) void this.set({ below, unseen });
  };

  toEnd = (): void => {
    this.#scrolling.toEnd();
    this.find(".log").focus({ preventScroll: true });
  };

  /** Loads the second file. Where that fails it says so, and the next try asks again. */
  async need(silently = false): Promise<boolean> {
    if (this.later) return true;
    try {
      this.later = await load(this.home);
      this.adopt(this.later.css);
      this.#readAttributes();
    } catch {
      if (!silently) this.notice(this.words.notLoaded);
    }
    return !!this.later;
  }

  toggleMenu = async (): Promise<void> => {
    if (!(await this.need())) return;
    await this.set({ menu: !this.state.menu });
    this.find(".menu button")?.focus();
  };

  async ask(question: Question, about: Message | null = null): Promise<void> {
    if (!(await this.need())) return;
    await this.set({ menu: false, problem: null, question, about, own: 0 });
    this.find(".sheet").focus();
  }

  dismiss = (): void => {
    void this.set({ question: null, about: null }).then(() => this.focusInput());
  };

  get #panel(): HTMLDialogElement {
    return this.find(".panel");
  }

  #open(): void {
    if (this.#panel.open) return;
    if (PHONE.matches) this.#panel.showModal();
    else this.#panel.show();
    void this.set({ opened: true, greets: false });
    void this.need(true); // before somebody needs it, and before the connection is lost
  }

  #closed = (): void => {
    session("open", "");
    void this.set({ opened: false, menu: false }).then(() => this.find(".launcher").focus());
  };

  /** Escape takes back the last step. */
  #escape = (event: KeyboardEvent): void => {
    const { question, correcting, own, menu } = this.state;
    if (event.key !== "Escape") return;
    event.preventDefault();
    if (question) this.dismiss();
    else if (correcting) this.later!.correct(this, null);
    else if (menu || own) {
      void this.set({ menu: false, own: 0 });
      this.find(menu ? "#more" : `[data-id="${own}"] .own`).focus();
    } else this.hide();
  };

  /** The menu goes when the focus leaves it. */
  #left = (event: FocusEvent): void => {
    const to = event.relatedTarget as Element | null;
    if (this.state.menu && to && !to.closest("header")) this.set({ menu: false });
  };

  /** Between phone and desktop a dialog changes from modal to not, and an element that is put back is not modal: open it anew. */
  #reshow = (): void => {
    if (!this.state.opened) return;
    this.#panel.open = false;
    this.#open();
  };

  #looked = (): void => void this.update();

  #arrived(message: Message): void {
    this.state.greets = false;
    if (!this.state.opened) return;
    this.state.unseen = this.#scrolling.stays;
    const { words } = this;
    const choices = message.choices.map(({ title }) => title).join(", ");
    this.#live.say(`${message.from === "team" ? words.team : words.bot} ${plain(message.body)} ${choices}`);
  }

  notice(notice: string): void {
    void this.set({ notice });
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
    this.words = wordsFrom(this.getAttribute("words"), { ...english, ...this.later?.words });
    const accent = colour(this.getAttribute("accent"));
    this.style.setProperty("--lamoon-accent", accent);
    this.style.setProperty("--lamoon-on-accent", accent && contrastOf(accent));
  }
}
