// An inbox that is left open: at every moment it shows what is the case, or says that it does not know. The desk's own
// freshness.js in a simulated world of network cuts, restarts, proxies that swallow, sleep and clocks that are set.
// HOURS and SEEDS say how much; SEED repeats one run. Run by tests/widget/test_desk_live.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Freshness } from "../../lamoon/desk/static/freshness.js";

const HOURS = Number(process.env.HOURS ?? 8);
const SEEDS = process.env.SEED ? [Number(process.env.SEED)] : Array.from({ length: Number(process.env.SEEDS ?? 3) }, (_, index) => index + 1);
const STEP = 500; // milliseconds of simulated time
const BEAT = 3_000;
const BOUND = 10_000; // within this the page shows the truth or says that it does not
const RECOVERS = 25_000; // of quiet weather, after which it is true again

function random(seed) {
  let state = seed * 2654435761;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A server whose state changes, a network with its troubles, and a device with its sleep and its clock. */
class World {
  constructor(seed) {
    this.random = random(seed);
    this.time = 0; // true time
    this.version = 1;
    this.changed = 0; // when the state changed last
    this.was = [[0, 1]]; // every version with its beginning
    this.network = "well"; // well | cut | swallows | slow | one-way (questions pass, the stream does not)
    this.server = "up"; // up | down | database | signed-out
    this.asleep = false;
    this.wallShift = 0; // what somebody did to the device's clock
    this.slept = 0; // the running clock may stop meanwhile
    this.due = []; // [when, act]: answers on their way
    this.held = []; // what a proxy or a sleeping device holds back
    this.streamOpen = false;
    this.shown = 1; // the version of the page's content
    this.trouble = null;
    this.calm = 0; // how long all has been well
    const now = () => ({ wall: 1_700_000_000_000 + this.time + this.wallShift, running: this.time - this.slept });
    const by = {
      now,
      ask: () => this.#answer(() => this.#state()),
      read: (isWanted) =>
        this.#answer(() => this.version).then((version) => {
          if (isWanted()) this.shown = version;
          return version;
        }),
      tell: () => {},
      show: (trouble) => (this.trouble = trouble),
      reopen: () => (this.streamOpen = this.#reaches()),
    };
    this.page = new Freshness(1, now().wall, by);
    this.streamOpen = true;
    this.beat = 0;
  }

  #state() {
    return { version: this.version, at: 1_700_000_500_000 + this.time }; // the server's clock is wrong by some minutes
  }

  #reaches() {
    return this.server === "up" && this.network !== "cut";
  }

  #delay() {
    return this.network === "slow" ? 200 + this.random() * 6_000 : 20 + this.random() * 300;
  }

  /** The answer as it was when the server gave it, after its way; or the reason why there is none. */
  #answer(give) {
    return new Promise((resolve, reject) => {
      const there = this.#delay() / 2;
      this.due.push([
        this.time + there,
        () => {
          if (this.server === "signed-out") return this.due.push([this.time + there, () => reject("signed-out")]);
          if (this.server === "database") return this.due.push([this.time + there, () => reject("failing")]);
          if (!this.#reaches()) return this.due.push([this.time + 1_000, () => reject("unreachable")]);
          const given = give();
          if (this.network === "swallows") return this.held.push(() => resolve(given)); // may come out much later
          this.due.push([this.time + there, () => resolve(given)]);
        },
      ]);
    });
  }

  happen() {
    const chance = (perHour) => this.random() < (perHour * STEP) / 3_600_000;
    const pick = (...all) => all[Math.floor(this.random() * all.length)];
    if (chance(60)) {
      this.version++;
      this.changed = this.time;
      this.was.push([this.time, this.version]);
    }
    const before = `${this.network} ${this.server} ${this.asleep}`;
    if (chance(12)) this.network = pick("well", "cut", "swallows", "slow", "one-way");
    if (chance(12)) this.network = "well";
    if (chance(6)) this.server = pick("down", "database", "signed-out");
    if (chance(20)) this.server = "up";
    if (chance(4)) this.asleep = true;
    if (this.asleep && chance(40)) this.#wake();
    if (chance(3)) {
      this.wallShift += pick(-3_600_000, 3_600_000, -20_000, 20_000);
      this.calm = 0;
    }
    if (!this.#reaches()) this.streamOpen = false;
    if (this.network === "well" && this.held.length && this.random() < 0.2) this.held.splice(0).forEach((act) => act());
    if (this.network !== "well" || this.server !== "up" || this.asleep || before !== `${this.network} ${this.server} ${this.asleep}`) this.calm = 0;
  }

  #wake() {
    this.asleep = false;
    // What the system had received before it slept is handed out first, sometimes before any tick.
    if (this.random() < 0.5) this.held.splice(0).forEach((act) => act());
    if (this.random() < 0.5) this.page.wake();
  }

  step() {
    this.time += STEP;
    this.happen();
    if (this.asleep) {
      if (this.random() < 0.7) this.slept += STEP;
      // The server goes on; what it sends is held by the system or lost.
      if (this.streamOpen && this.time - this.beat >= BEAT && this.random() < 0.3) {
        const state = this.#state();
        this.held.push(() => this.page.heard(state));
      }
      if (this.time - this.beat >= BEAT) this.beat = this.time;
      return;
    }
    this.calm += STEP;
    const due = this.due.filter(([when]) => when <= this.time);
    this.due = this.due.filter(([when]) => when > this.time);
    due.forEach(([, act]) => act());
    // EventSource reconnects by itself after a cut.
    if (!this.streamOpen && this.#reaches() && this.random() < 0.2) this.streamOpen = true;
    if (this.streamOpen && this.time - this.beat >= BEAT) {
      this.beat = this.time;
      const state = this.#state();
      const hear = () => this.page.heard(state);
      if (this.network === "swallows" || this.network === "one-way") this.held.push(hear);
      else this.due.push([this.time + this.#delay(), hear]);
    }
    if (this.time % 1000 === 0) this.page.tick();
  }

  /** What is wrong with what the page shows now, or "". */
  lie() {
    if (this.asleep || this.trouble) return "";
    const truth = this.was.findLast(([since]) => since <= this.time - BOUND)?.[1] ?? 1;
    return this.shown >= truth ? "" : `at ${this.time / 1000} s the page shows version ${this.shown} without a sign, ${truth} has been true for ${BOUND / 1000} s`;
  }

  /** Whether it still complains although all has been well for long. */
  complains() {
    return this.trouble && this.calm > RECOVERS ? `at ${this.time / 1000} s it still says ${JSON.stringify(this.trouble)} after ${this.calm / 1000} s of calm` : "";
  }
}

for (const seed of SEEDS) {
  test(`${HOURS} hours of weather with the seed ${seed}`, async () => {
    const world = new World(seed);
    let signs = 0;
    let awakened = 0;
    for (let checks = 0; world.time < HOURS * 3_600_000; checks++) {
      const slept = world.asleep;
      world.step();
      for (let turn = 0; turn < 4; turn++) await null; // promises settle
      if (slept && !world.asleep) awakened = world.time;
      // A device that has just woken has a second until its first tick.
      if (world.time - awakened > 1_500) assert.equal(world.lie(), "", `SEED=${seed}`);
      assert.equal(world.complains(), "", `SEED=${seed}`);
      signs += world.trouble ? 1 : 0;
    }
    assert.ok(signs > 0, "there was trouble, and it was said");
    assert.ok(world.was.length > HOURS * 30, "the state changed often");
  });
}
