// Real Chromium on the page of a running assistant, whose address stands in GATEWAY.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const address = process.env.GATEWAY ?? "http://127.0.0.1:8080";
const AXE = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const ANSWER = 15_000; // milliseconds; a slow machine, not a slow assistant

// The address bar of a window that nobody sees: two renderers of its own for each visitor, half of a test's processor time.
const UNSEEN = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup"];
// What Playwright turns off, named again because Chromium heeds only the last list.
const OFF = [
  ...["AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay"],
  ...["MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints"],
  ...["NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"],
];

/** Chromium with nothing that talks to the outside, and no process that the tests do not need. */
export function launch() {
  const quiet = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
  const few = `--in-process-gpu --renderer-process-limit=1 --disable-features=${[...UNSEEN, ...OFF]}`;
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: `${quiet} ${few}`.split(" ") });
}

/** One visitor: a browser profile of its own, with as many tabs as the test opens. */
export class Visitor {
  static async arrive(browser, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 820 }, locale: "en-US", timezoneId: "UTC", ...options });
    context.setDefaultTimeout(ANSWER);
    return new Visitor(context);
  }

  constructor(context) {
    this.context = context;
    this.violations = [];
  }

  async open(path = "/", origin = address) {
    const page = await this.context.newPage();
    page.on("pageerror", (error) => this.violations.push(String(error)));
    await page.exposeFunction("reportViolation", (text) => this.violations.push(text));
    await page.addInitScript(() =>
      document.addEventListener("securitypolicyviolation", (event) => window.reportViolation(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`)),
    );
    await page.goto(origin + path);
    return new Tab(page);
  }

  leave() {
    return this.context.close();
  }
}

/** One tab with the widget. */
export class Tab {
  constructor(page) {
    this.page = page;
    this.launcher = page.locator(".launcher");
    this.panel = page.locator(".panel");
    this.input = page.locator("#input");
    this.log = page.locator(".log");
    this.more = page.locator("#more");
    this.bot = page.locator(".message.bot[data-id]");
    this.visitor = page.locator(".message.visitor");
  }

  async openChat() {
    await this.launcher.click();
    await this.input.waitFor();
  }

  async type(text) {
    await this.input.fill(text);
    await this.input.press("Enter");
  }

  /** Writes, and waits until the assistant has answered and stopped typing. Returns the last reply. */
  async say(text) {
    await this.answered(() => this.type(text));
    return this.latest();
  }

  async choose(title) {
    await this.answered(() => this.page.locator(".choice:enabled", { hasText: title }).last().click());
    return this.latest();
  }

  async latest() {
    return this.bot.nth((await this.bot.count()) - 1);
  }

  async answered(act) {
    const before = await this.bot.count();
    await act();
    await this.bot.nth(before).waitFor();
    await this.settled();
  }

  /** Waits until nothing is on its way. */
  async settled() {
    await this.page.locator(".unsent").waitFor({ state: "detached" });
    await this.page.waitForTimeout(150); // the rest of the turn follows its first message at once
    await this.page.locator(".typing").waitFor({ state: "detached" });
  }

  said() {
    return this.visitor.locator(".bubble").allInnerTexts();
  }

  async menu(item) {
    await this.more.click();
    await this.page.locator(".menu").getByText(item).click();
  }

  /**
   * What axe finds wrong on the whole page, or in `part` of it (WCAG 2.2 AA and best practice), a line each; `rule`: by one rule
   * alone. Animations have to be off.
   */
  async accessibilityProblems(part = "html", rule = "") {
    if (!(await this.page.evaluate(() => "axe" in window))) {
      // Not addScriptTag: the page's own policy refuses that.
      const session = await this.page.context().newCDPSession(this.page);
      await session.send("Runtime.evaluate", { expression: AXE });
      await session.detach();
    }
    const runOnly = rule ? { type: "rule", values: [rule] } : { type: "tag", values: RULES };
    const { violations } = await this.page.evaluate(([where, only]) => window.axe.run(where, { runOnly: only, resultTypes: ["violations"] }), [part, runOnly]);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(" ")} ${failureSummary}`).join("; ")}`);
  }
}

/** A condition that comes true soon. */
export async function soon(condition, what) {
  for (const end = Date.now() + ANSWER; Date.now() < end; await new Promise((next) => setTimeout(next, 50))) {
    if (await condition()) return;
  }
  assert.fail(`did not come true: ${what}`);
}

export { assert };
