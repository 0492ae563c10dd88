// Whether a page still shows what is the case. No DOM and no timers: the page gives it both, and tests give it others.

const LATE = 7_000; // milliseconds after which a page that has confirmed nothing says so
const QUIET = 4_500; // without a word from the stream: ask
const AGAIN = 3_000; // between two questions
const GIVEN_UP = 10_000; // a question or a reading that has taken so long is forgotten
const PROMPT = 1_500; // an answer that took longer says little about the difference of the clocks
const SLEPT = 6_000; // between two ticks: the device slept, and what arrives may have been on its way since before

/** A page and the server's state.
 *
 * `now()` gives {wall, running}: milliseconds of the clock, and of one that cannot be set; they may stop during sleep.
 * `ask()` resolves with the state {version, at, ...}, or rejects with a reason. `read()` exchanges the page's content and
 * resolves with its version. `tell(state)` hands out a state that is true now. `show(trouble)` shows {since, reason}, or
 * null when all is well. `reopen()` opens the stream again.
 */
export class Freshness {
  #by;
  #version;
  #confirmed; // when the page was last known to be true
  #heard; // when the stream said something last
  #ticked;
  #asked = null; // when the pending question was asked
  #asking = 0; // counts questions: an answer to a forgotten one counts for nothing
  #reading = null;
  #readings = 0;
  #offset = null; // the server's clock less ours
  #reason = "";
  #shown = false;
  #trusts = false; // the stream, once a question was answered after it opened or the device woke

  constructor(version, loadedAt, by) {
    this.#by = by;
    this.#version = version;
    const now = by.now();
    this.#confirmed = { wall: loadedAt, running: now.running - Math.max(0, now.wall - loadedAt) };
    this.#heard = this.#ticked = now;
  }

  /** The stream said what is the case. */
  heard(state) {
    const now = this.#by.now();
    if (this.#slept(now)) return;
    const lag = this.#offset === null ? Infinity : Math.abs(now.wall + this.#offset - state.at);
    if (!this.#trusts || lag > QUIET) {
      this.#ask(now);
      return;
    }
    this.#heard = now;
    this.#is(state, { wall: now.wall - lag, running: now.running - lag });
  }

  /** Time passes: called every second, by whatever still runs. */
  tick() {
    const now = this.#by.now();
    if (!this.#slept(now)) {
      this.#ticked = now;
      if (this.#age(this.#heard, now) > QUIET || !this.#trusts) this.#ask(now);
    }
    this.#judge(now);
  }

  /** Somebody looks at the page again, or the network is back: nothing is taken for granted. */
  wake() {
    const now = this.#by.now();
    this.#distrust(now);
    this.#ask(now, true);
    this.#judge(now);
  }

  /** Something is known to be wrong, before anything is late. */
  fails(reason) {
    this.#reason = reason;
    this.#trusts = false;
    this.#judge(this.#by.now());
  }

  #slept(now) {
    const slept = this.#age(this.#ticked, now) > SLEPT;
    if (slept) {
      this.#ticked = now;
      this.#distrust(now);
      this.#ask(now, true);
      this.#judge(now);
    }
    return slept;
  }

  #distrust(now) {
    this.#trusts = false;
    this.#asking++;
    this.#readings++;
    this.#asked = this.#reading = null;
    this.#heard = now;
    this.#by.reopen();
  }

  #ask(now, atOnce = false) {
    if (this.#asked && this.#age(this.#asked.at, now) < (this.#asked.pending ? GIVEN_UP : atOnce ? 0 : AGAIN)) return;
    const mine = ++this.#asking;
    this.#asked = { at: now, pending: true };
    this.#by.ask().then(
      (state) => {
        if (mine !== this.#asking || this.#slept(this.#by.now())) return;
        this.#asked.pending = false;
        if (this.#age(now, this.#by.now()) <= PROMPT) this.#offset = state.at - now.wall;
        this.#trusts = true;
        this.#is(state, now);
      },
      (reason) => {
        if (mine !== this.#asking) return;
        this.#asked.pending = false;
        this.#reason = String(reason);
        this.#judge(this.#by.now());
      },
    );
  }

  /** The state was so at `then`, or later. */
  #is(state, then) {
    this.#by.tell(state);
    if (state.version === this.#version) this.#confirm(then);
    else this.#read();
    this.#judge(this.#by.now());
  }

  #read() {
    const now = this.#by.now();
    if (this.#reading && this.#age(this.#reading, now) < GIVEN_UP) return;
    const mine = ++this.#readings;
    this.#reading = now;
    const over = (act) => (found) => {
      if (mine !== this.#readings) return;
      this.#reading = null;
      if (this.#slept(this.#by.now())) return;
      act(found);
      this.#judge(this.#by.now());
    };
    this.#by.read(() => mine === this.#readings && this.#age(this.#ticked, this.#by.now()) <= SLEPT).then(
      over((version) => {
        this.#version = version;
        this.#confirm(now);
      }),
      over((reason) => {
        this.#reason = String(reason);
      }),
    );
  }

  #confirm(then) {
    const now = this.#by.now();
    if (this.#age(then, now) < this.#age(this.#confirmed, now)) this.#confirmed = then;
    if (this.#age(this.#confirmed, now) <= LATE) this.#reason = "";
  }

  #judge(now) {
    const late = this.#age(this.#confirmed, now) > LATE;
    if (late) this.#by.show({ since: this.#confirmed.wall, reason: this.#reason || "silent" });
    else if (this.#shown) this.#by.show(null);
    this.#shown = late;
  }

  /** Whichever clock says more: one may be set back, the other may stop during sleep. */
  #age(then, now) {
    return Math.max(Math.abs(now.wall - then.wall), now.running - then.running);
  }
}
