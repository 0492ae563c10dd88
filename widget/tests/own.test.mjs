// The visitor's own messages: corrected and deleted.
import { after, afterEach, before, beforeEach, test } from "node:test";
import { Visitor, address, assert, launch, soon } from "./harness.mjs";

const CLOT = "I have a blood clot in my leg, can I come on Friday afternoon?";
const NO_CLOT = "I have a stiff neck since the winter, can I come on Friday afternoon?";

let browser, visitor, tab;
before(async () => (browser = await launch()));
after(() => browser.close());
beforeEach(async () => {
  visitor = await Visitor.arrive(browser);
  tab = await visitor.open();
  await tab.openChat();
});
afterEach(async () => {
  await visitor.leave();
  assert.deepEqual(visitor.violations, [], "no error, no violation of CSP or Trusted Types");
});

const edit = (one, number) => one.visitor.nth(number).getByRole("button", { name: "Edit or delete this message" });

test("a correction is read as one: screened, answered, and marked", async () => {
  await tab.say(NO_CLOT);
  await tab.input.fill("and also");
  await tab.visitor.first().hover();
  // The stream is faster than the answer to the request.
  await tab.page.route("**/chat/messages", async (route) => {
    const response = await route.fetch();
    await tab.page.locator(".message.warning, .message.emergency").first().waitFor();
    await route.fulfill({ response });
  });
  await edit(tab, 0).click();
  await tab.page.getByRole("button", { name: "Edit", exact: true }).click();
  assert.equal(await tab.input.inputValue(), NO_CLOT);
  await tab.answered(() => tab.type(CLOT));
  await tab.page.locator(".message.warning, .message.emergency").first().waitFor();
  assert.match(await tab.visitor.nth(1).innerText(), /I have a blood clot[^]*Edited: this corrects an earlier message/);
  assert.equal(await tab.input.inputValue(), "and also", "what was typed before is there again");
});

test("a correction in a form changes the answer", async () => {
  await tab.say("I'd like to book a session");
  await tab.say("Maria Lopes");
  await edit(tab, 1).click({ force: true });
  await tab.page.getByRole("button", { name: "Edit", exact: true }).click();
  await tab.answered(() => tab.type("Maria Lopez"));
  await tab.say("maria@example.com");
  await tab.say("what have you noted so far?");
  assert.match(await tab.log.innerText(), /Name: Maria Lopez/);
});

test("with the keyboard alone: Escape takes each step back, and an unchanged text sends nothing", async () => {
  const { keyboard } = tab.page;
  await tab.say("hi");
  await edit(tab, 0).focus();
  await keyboard.press("Enter");
  await tab.page.getByRole("button", { name: "Edit", exact: true }).waitFor();
  await keyboard.press("Escape");
  assert.equal(await tab.page.locator(".deeds").count(), 0);
  assert.ok(await edit(tab, 0).evaluate((button) => button.matches(":focus")), "the focus is where it was");
  await keyboard.press("Enter");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await tab.page.getByText("Correct your message").waitFor();
  await keyboard.press("Enter");
  await tab.page.getByText("Correct your message").waitFor({ state: "detached" });
  assert.deepEqual(await tab.said(), ["hi"]);
  assert.ok(await tab.panel.isVisible());
});

test("a deletion asks, leaves no word behind in any tab or at the studio, and is told of", async () => {
  const other = await visitor.open();
  await other.openChat();
  await tab.page.bringToFront();
  await tab.say("my secret word is zanzibar and my neck hurts");
  await other.visitor.first().waitFor();
  await edit(tab, 0).click({ force: true });
  await tab.page.locator(".deeds").getByRole("button", { name: "Delete this message" }).click();
  const sheet = tab.page.getByRole("dialog", { name: "Delete this message" });
  await sheet.getByRole("button", { name: "Delete this message" }).click();
  for (const one of [tab, other]) {
    await one.visitor.getByText("deleted by the person").waitFor();
    await soon(async () => !/zanzibar/.test(await one.log.innerText()), "no word is left");
    assert.equal(await edit(one, 0).count(), 0, "what is deleted cannot be corrected");
  }
  const token = await tab.page.evaluate(() => localStorage.getItem(Object.keys(localStorage).find((name) => name.endsWith(":token"))));
  const kept = await fetch(`${address}/chat/transcript`, { headers: { Authorization: `Bearer ${token}` } });
  assert.doesNotMatch(await kept.text(), /zanzibar/);
});

test("on a phone both are in reach of a thumb", async () => {
  const phone = await Visitor.arrive(browser, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const one = await phone.open();
  await one.openChat();
  await one.say("hi");
  const button = edit(one, 0);
  assert.equal(await button.evaluate((element) => getComputedStyle(element).opacity), "1");
  await button.tap();
  for (const deed of await one.page.locator(".deeds button").all()) {
    const { width, height } = await deed.boundingBox();
    assert.ok(width >= 44 && height >= 44);
  }
  await phone.leave();
});
