import { eventParser, type ServerEvent } from "./event-parser.js";
import { ApiError } from "./gateway.js";

const SILENCE = 9000; // the gateway pings every 4 s
const LONGEST_WAIT = 15_000;

export interface StreamEvents {
  open(): void;
  event(event: ServerEvent): void;
  /** The connection is lost and will be tried again. */
  lost(): void;
  /** The gateway does not know this conversation (any more). */
  refused(): void;
}

/** Server-sent events over fetch, because EventSource cannot send the token. Comes back by itself until stopped. */
export class Stream {
  #control: AbortController | null = null;
  #wake: () => void = () => {};

  constructor(
    private readonly connect: (signal: AbortSignal) => Promise<Response>,
    private readonly tell: StreamEvents,
  ) {}

  start(): void {
    if (this.#control) return this.#wake();
    this.#control = new AbortController();
    void this.#run(this.#control.signal);
  }

  stop(): void {
    this.#control?.abort();
    this.#control = null;
    this.#wake();
  }

  async #run(signal: AbortSignal): Promise<void> {
    let wait = 500;
    while (!signal.aborted) {
      try {
        await this.#read(signal, () => (wait = 500));
      } catch (problem) {
        if (signal.aborted) return;
        if (problem instanceof ApiError && !problem.passing) {
          this.stop();
          return this.tell.refused();
        }
        this.tell.lost();
      }
      await this.#pause(wait * (0.75 + Math.random() / 2), signal);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }

  /** One connection, until it ends. A connection on which nothing comes for too long is dead. */
  async #read(signal: AbortSignal, opened: () => void): Promise<void> {
    const own = new AbortController();
    const end = () => own.abort();
    signal.addEventListener("abort", end);
    let watchdog = setTimeout(end, SILENCE);
    try {
      const response = await this.connect(own.signal);
      opened();
      this.tell.open();
      const feed = eventParser((event) => this.tell.event(event));
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        clearTimeout(watchdog);
        watchdog = setTimeout(end, SILENCE);
        feed(part.value);
      }
    } finally {
      clearTimeout(watchdog);
      signal.removeEventListener("abort", end);
      end();
    }
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return signal.aborted ? Promise.resolve() : new Promise((done) => {
      const timer = setTimeout(done, ms);
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
}
