const AT_END = 16; // pixels
const ABOVE = 12;

/** Keeps what is new in sight, unless the visitor has gone up to read, and knows whether more lies below. */
export class Scrolling {
  #stays = false;
  #top = 0;

  constructor(private readonly find: (selector: string) => HTMLElement | null) {}

  get #log(): HTMLElement {
    return this.find(".log")!;
  }

  /** How much lies below what is in sight, in pixels: as if the cue that says so took no room. */
  get #below(): number {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    return scrollHeight - scrollTop - clientHeight - (this.find(".below")?.offsetHeight ?? 0);
  }

  get hidesMore(): boolean {
    return this.#below > AT_END;
  }

  /** Whether the visitor has gone up, and is not to be moved. */
  get stays(): boolean {
    return this.#stays;
  }

  scrolled(): void {
    const { scrollTop } = this.#log;
    this.#stays = this.hidesMore && (this.#stays || scrollTop < this.#top);
    this.#top = scrollTop;
  }

  /** The end comes into sight, but not further than to the start of what is to be read: the element that `start` selects last. */
  follow(start: string): void {
    if (this.#stays) return;
    const log = this.#log;
    const first = [...log.querySelectorAll<HTMLElement>(start)].at(-1);
    log.scrollTop = Math.max(log.scrollTop, Math.min(log.scrollHeight, first ? first.offsetTop - ABOVE : Infinity));
  }

  release(): void {
    this.#stays = false;
  }

  toEnd(): void {
    this.release();
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}
