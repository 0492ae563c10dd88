// What the desk's browser tests share. DESK_NAME and DESK_PASSWORD sign in; with PICTURES, a folder, pictures are taken.
import { after } from "node:test";
import { Tab, Visitor, assert, launch } from "./harness.mjs";

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };
export const SMALL = { width: 320, height: 256 }; // a desktop of 1280 pixels at 400 %
const SIZES = [SMALL, PHONE, DESKTOP];
const LOOKS = SIZES.flatMap((size) => ["dark", "light"].map((colorScheme) => ({ size, colorScheme })));
let turn = 0;

/** One of the team in a browser of their own. `page` is the desk, `violations` what it complained of. */
export class Colleague {
  constructor(visitor, page) {
    this.page = page;
    this.context = visitor.context;
    this.violations = visitor.violations;
  }

  /** Arrives at the sign-in page. */
  static async arrive(browser, origin = undefined, options = {}) {
    const visitor = await Visitor.arrive(browser, { reducedMotion: "reduce", ...options });
    return new Colleague(visitor, (await visitor.open("/desk/sign-in", origin)).page);
  }

  async enter(password = process.env.DESK_PASSWORD) {
    await this.page.fill("#name", process.env.DESK_NAME);
    await this.page.fill("#password", password);
    await this.page.getByRole("button", { name: "Sign in" }).click();
  }

  /** Signs in and sees the inbox. */
  async signIn() {
    await this.enter();
    await this.page.getByRole("heading", { name: "Inbox" }).waitFor();
    await this.page.waitForLoadState();
  }

  async open(path, heading) {
    await this.page.goto(new URL(path, this.page.url()).href);
    await this.shows(heading);
  }

  /** Waits for the page of that heading, laid out. Between two pages there is no document to ask. */
  async shows(heading) {
    await this.page.getByRole("heading", { level: 1, name: heading }).waitFor();
    await this.page.waitForLoadState();
  }

  /**
   * The page fits a desktop, also at 400 %, and a phone, and axe finds nothing. A page is looked at in one size and colour
   * scheme, the next one in another; with LAMOON_TEST_FULL=1 each in all.
   */
  async isAccessible(name = new URL(this.page.url()).pathname) {
    const looks = process.env.LAMOON_TEST_FULL ? LOOKS : [LOOKS[turn++ % LOOKS.length]];
    await this.page.waitForLoadState();
    for (const size of SIZES) {
      await this.page.setViewportSize(size);
      const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `${name} scrolls sideways by ${wide}px at ${size.width}x${size.height}`);
      for (const look of looks.filter((one) => one.size === size)) {
        await this.page.emulateMedia({ colorScheme: look.colorScheme });
        assert.deepEqual(await new Tab(this.page).accessibilityProblems(), [], `${name} at ${size.width}x${size.height}, ${look.colorScheme}`);
      }
    }
    await this.page.emulateMedia({ colorScheme: "light" });
    await this.page.setViewportSize(DESKTOP);
  }

  async picture(name, options = {}) {
    if (!process.env.PICTURES) return;
    await this.page.evaluate(() => scrollTo(0, 0));
    await this.page.screenshot({ path: `${process.env.PICTURES}/${name}.png`, ...options });
  }
}

/** One of the team at the sign-in page, for all tests of a file; after them, there was no error and no violation. */
export async function arrived() {
  const browser = await launch();
  let team;
  after(async () => {
    await browser.close();
    assert.deepEqual(team?.violations, [], "no error, no violation of CSP or Trusted Types");
  });
  team = await Colleague.arrive(browser);
  return team;
}

/** The same, signed in. */
export async function signedIn() {
  const team = await arrived();
  await team.signIn();
  return team;
}

/** Whether a person sees all of it without scrolling, and nothing lies above it. */
export const isInView = (what) =>
  what.evaluate((one) => {
    const box = one.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return box.top >= 0 && box.bottom <= innerHeight && (top === one || one.contains(top));
  });

/** Somebody of the team who has signed in, and a visitor with the chat beside them. */
export async function deskAndChat(browser) {
  const team = await Colleague.arrive(browser);
  const visitor = await Visitor.arrive(browser, { reducedMotion: "reduce" });
  const chat = await visitor.open();
  await team.signIn();
  return { team, desk: team.page, visitor, chat };
}

/** A visitor without a page. */
export class Talk {
  static async begin(origin) {
    const begun = await (await fetch(`${origin}/chat/conversations`, { method: "POST" })).json();
    return new Talk(origin, begun);
  }

  constructor(origin, { token, conversation }) {
    this.origin = origin;
    this.conversation = conversation;
    this.headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  }

  post(path, body) {
    return fetch(`${this.origin}/chat/${path}`, { method: "POST", headers: this.headers, body: JSON.stringify(body) });
  }

  /** Says something, and waits for the answer. */
  async say(text) {
    const { id } = await (await this.post("messages", { client_id: crypto.randomUUID(), text })).json();
    for (let tries = 0; tries < 200; tries++) {
      const { messages } = await (await fetch(`${this.origin}/chat/messages?after=${id}`, { headers: this.headers })).json();
      if (messages.some(({ from }) => from !== "visitor")) return messages;
      await new Promise((next) => setTimeout(next, 50));
    }
    return assert.fail(`no answer to ${text}`);
  }
}
