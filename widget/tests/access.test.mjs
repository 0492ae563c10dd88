import { after, afterEach, before, test } from "node:test";
import { Visitor, assert, launch, soon } from "./harness.mjs";

const SMALL = { viewport: { width: 320, height: 256 } }; // 1280 at 400 %
const LAPTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
let browser, visitor;
before(async () => (browser = await launch()));
after(() => browser.close());
afterEach(async () => {
  await visitor.leave();
  assert.deepEqual(visitor.violations, [], "no error, no violation of CSP or Trusted Types");
});

async function arrive(options) {
  visitor = await Visitor.arrive(browser, options);
  return visitor.open();
}

for (const [name, options] of Object.entries({ laptop: LAPTOP, phone: PHONE, "at 400 %": SMALL })) {
  test(`axe finds nothing: ${name}, from closed to an emergency`, async () => {
    const tab = await arrive({ ...options, reducedMotion: "reduce" });
    const check = async (state, part = "lamoon-chat") => {
      await tab.page.emulateMedia({ colorScheme: "light" });
      assert.deepEqual(await tab.accessibilityProblems(part), [], state);
      if (options !== LAPTOP && !process.env.LAMOON_TEST_FULL) return; // the colours of dark are the same in every size
      await tab.page.emulateMedia({ colorScheme: "dark" });
      assert.deepEqual(await tab.accessibilityProblems(part, "color-contrast"), [], `${state}, dark`);
    };
    await check("closed", "html");
    await tab.openChat();
    await check("open", "html");
    await tab.say("Does myofascial release hurt?");
    await tab.page.getByRole("button", { name: "This did not help" }).click();
    await check("an answer with a vote");
    await tab.page.locator(".why button").click();
    await check("thanks");
    await tab.page.getByRole("button", { name: "Edit or delete this message" }).click({ force: true });
    await check("deeds of an own message");
    await tab.page.getByRole("button", { name: "Edit", exact: true }).click();
    await check("a correction");
    await tab.page.keyboard.press("Escape");
    for (const words of ["I'd like to book a session", "Maria Lopez", "maria@example.com", "Thursday after 5 pm"]) await tab.say(words);
    await check("the question about health");
    await tab.say("I had a blood clot last year");
    await check("mid-form, with a warning");
    for (let turn = 0; turn < 3 && !(await tab.page.locator("li.line").count()); turn++) await tab.say("yes");
    await check("the read-back");
    await tab.say("I have crushing chest pain and can't breathe");
    await check("emergency");
    await tab.more.click();
    await check("menu");
    await tab.more.click();
    for (const item of ["Start over", "Delete my data", "Leave a message for the team"]) {
      await tab.menu(item);
      await check(item);
      if (item.startsWith("Leave")) {
        for (const [field, value] of [["name", "Maria"], ["contact", "nowhere"], ["text", "Hello"]]) await tab.page.locator(`.sheet [name=${field}]`).fill(value);
        await tab.page.locator(".sheet .main").click();
        await tab.page.locator("#field-problem").waitFor();
        await check("a wrong field");
      }
      await tab.page.keyboard.press("Escape");
    }
    await visitor.context.setOffline(true);
    await tab.page.locator(".offline").waitFor();
    await tab.type("What is fascia?");
    await tab.page.locator(".unsent").waitFor();
    await check("offline, with a message that waits");
  });
}

test("axe is really asked: a picture without a description is found", async () => {
  const tab = await arrive();
  await tab.page.evaluate(() => document.querySelector("main").append(document.createElement("img")));
  assert.match((await tab.accessibilityProblems()).join(), /image-alt/);
});

test("violations are really noticed: a script in the page is refused and reported", async () => {
  const tab = await arrive();
  await tab.page.evaluate(() => document.body.append(Object.assign(document.createElement("script"), { text: "1" }))).catch(() => {});
  await soon(() => visitor.violations.length, "the violation is reported");
  visitor.violations.length = 0;
});

test("everything can be done with the keyboard alone", async () => {
  const tab = await arrive();
  const { keyboard } = tab.page;
  const focused = () => tab.page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.outerHTML.split(">")[0] ?? "page");
  const tabTo = async (what) => {
    for (let press = 0; press < 40; press++) {
      if (what.test(await focused())) return;
      await keyboard.press("Tab");
    }
    assert.fail(`Tab does not reach ${what}, but ${await focused()}`);
  };
  await tabTo(/launcher/);
  await keyboard.press("Enter");
  await soon(async () => /id="input"/.test(await focused()), "opening puts the cursor into the input");
  await keyboard.type("Does myofascial release hurt?");
  await tab.answered(() => keyboard.press("Enter"));
  await keyboard.press("Shift+Tab");
  if (/below/.test(await focused())) await keyboard.press("Shift+Tab");
  assert.match(await focused(), /choice/, "backwards from the input come the choices");
  await tab.answered(() => keyboard.press("Enter"));
  assert.equal((await tab.said()).length, 2);
  assert.match(await focused(), /id="input"/, "the cursor is back in the input");
  await tab.panel.locator("#more").focus();
  await keyboard.press("Enter");
  const item = () => tab.page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.innerText);
  await soon(async () => (await item()) === "Start over", "the menu's first item has the focus");
  for (const [key, name] of [["ArrowDown", "Download the conversation"], ["ArrowUp", "Start over"], ["ArrowUp", "Delete my data"], ["Home", "Start over"], ["End", "Delete my data"]]) {
    await keyboard.press(key);
    assert.equal(await item(), name);
  }
  await keyboard.press("Escape");
  assert.match(await focused(), /id="more"/, "Escape closes the menu first");
  await keyboard.press("Escape");
  assert.equal(await tab.panel.isVisible(), false);
  await soon(async () => /launcher/.test(await focused()), "closing gives the focus back to the launcher");
});

test("on a phone the chat fills the screen, nothing sticks out, and the page behind is out of reach", async () => {
  const tab = await arrive(PHONE);
  await tab.openChat();
  await tab.say("Does myofascial release hurt?");
  await tab.page.waitForTimeout(300);
  const box = await tab.panel.boundingBox();
  assert.deepEqual([box.x, box.y, box.width, box.height], [0, 0, 390, 844]);
  assert.ok(await tab.panel.evaluate((panel) => panel.matches(":modal")));
  assert.ok(await tab.log.evaluate((log) => log.scrollWidth <= log.clientWidth), "nothing scrolls sideways");
  for (const button of await tab.panel.locator("button:visible").all()) {
    const { width, height } = await button.boundingBox();
    assert.ok(width >= 44 && height >= 44, "a thumb can hit every button");
  }
});

test("replies are said once in a live region of their own, with the choices", async () => {
  const tab = await arrive();
  await tab.openChat();
  const heard = tab.page.locator("#live p");
  await tab.say("Does myofascial release hurt?");
  assert.equal(await heard.count(), await tab.bot.count());
  assert.match(await heard.first().innerText(), /^Assistant said:/);
  await tab.page.reload();
  await tab.bot.first().waitFor();
  await tab.settled();
  assert.equal(await heard.count(), 0, "history is not said again");
});

test("the greeting comes by itself once a session, without taking the focus", async () => {
  visitor = await Visitor.arrive(browser);
  await visitor.context.clock.install();
  const tab = await visitor.open();
  const greeting = tab.page.locator(".greeting");
  await tab.launcher.waitFor();
  await tab.page.clock.fastForward(5000);
  await greeting.waitFor();
  assert.equal(await tab.page.evaluate(() => document.activeElement === document.body), true);
  await tab.page.getByRole("button", { name: "Hide this greeting" }).click();
  await greeting.waitFor({ state: "detached" });
  await tab.page.reload();
  await tab.launcher.waitFor();
  await tab.page.clock.fastForward(5000);
  await tab.page.waitForTimeout(100);
  assert.equal(await greeting.count(), 0);
});

test("who wants less motion gets none", async () => {
  const tab = await arrive({ reducedMotion: "reduce" });
  await tab.openChat();
  assert.equal(await tab.panel.evaluate((panel) => getComputedStyle(panel).animationName), "none");
});

test("right to left turns the chat around", async () => {
  const tab = await arrive();
  await tab.page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
  await tab.openChat();
  assert.ok((await tab.panel.boundingBox()).x < 100, "the chat stands on the left");
  assert.ok((await tab.page.locator(".send").boundingBox()).x < (await tab.input.boundingBox()).x, "send stands left of the input");
});
