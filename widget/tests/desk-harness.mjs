// What the desk's browser tests share. DESK_NAME and DESK_PASSWORD sign in; with PICTURES, a folder, pictures are taken.
import { Tab, Visitor, assert } from "./harness.mjs";

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1200, height: 820 };

/** One of the team in a browser of their own. `page` is the desk, `violations` what it complained of. */
export class Colleague {
  constructor(visitor, page) {
    this.page = page;
    this.context = visitor.context;
    this.violations = visitor.violations;
  }

  /** Arrives at the sign-in page. */
  static async arrive(browser) {
    const visitor = await Visitor.arrive(browser, { reducedMotion: "reduce" });
    return new Colleague(visitor, (await visitor.open("/desk/sign-in")).page);
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

  /** The page fits a phone and a desktop, and axe finds nothing, light and dark. */
  async isAccessible() {
    for (const size of [PHONE, DESKTOP]) {
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
