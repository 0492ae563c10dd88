// What the desk's browser tests share. DESK_NAME and DESK_PASSWORD sign in; with PICTURES, a folder, pictures are taken.
import { Tab, Visitor, assert } from "./harness.mjs";

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };
export const SMALL = { width: 320, height: 256 }; // a desktop of 1280 pixels at 400 %

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
  }

  async open(path, heading) {
    await this.page.goto(new URL(path, this.page.url()).href);
    await this.page.getByRole("heading", { level: 1, name: heading }).waitFor();
  }

  /** The page fits a desktop, also at 400 %, and a phone, and axe finds nothing, light and dark. */
  async isAccessible() {
    for (const size of [SMALL, PHONE, DESKTOP]) {
      await this.page.setViewportSize(size);
      const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `the page scrolls sideways by ${wide}px at ${size.width}px`);
      for (const colorScheme of ["dark", "light"]) {
        await this.page.emulateMedia({ colorScheme });
        assert.deepEqual(await new Tab(this.page).accessibilityProblems(), []);
      }
    }
  }

  async picture(name, options = {}) {
    if (!process.env.PICTURES) return;
    await this.page.evaluate(() => scrollTo(0, 0));
    await this.page.screenshot({ path: `${process.env.PICTURES}/${name}.png`, ...options });
  }
}

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
