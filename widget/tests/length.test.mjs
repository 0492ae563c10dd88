import { after, afterEach, before, beforeEach, test } from "node:test";
import { Visitor, assert, launch } from "./harness.mjs";

const MOST = 10_000;
const STORY = "I have been coming to the studio for years, and I like a long session in the afternoon. ";
const EMERGENCY = "Right now I have crushing chest pain and my left arm is numb.";

let browser, visitor, tab;
before(async () => (browser = await launch()));
after(() => browser.close());
beforeEach(async () => {
  visitor = await Visitor.arrive(browser);
  tab = await visitor.open();
  await tab.openChat();
});
afterEach(() => visitor.leave());

/** As if from the clipboard: a limit of the input would cut it. */
async function paste(field, text) {
  await field.focus();
  await tab.page.keyboard.insertText(text);
}

test("a long paste arrives whole, and an emergency at its end is heard", async () => {
  const story = STORY.repeat(12) + EMERGENCY;
  await paste(tab.input, story);
  assert.equal(await tab.input.inputValue(), story);
  await tab.answered(() => tab.input.press("Enter"));
  assert.deepEqual(await tab.said(), [story]);
  await tab.page.locator(".message.emergency").waitFor();
});

test("what is too long stays in the input with its count, is not sent, and says so", async () => {
  const story = STORY.repeat(200).slice(0, MOST - EMERGENCY.length + 23) + EMERGENCY;
  await paste(tab.input, story);
  assert.match(await tab.page.locator(".count").innerText(), /-23/);
  await tab.input.press("Enter");
  const told = tab.page.locator(".banner", { hasText: "Too long by 23 characters" });
  await told.waitFor();
  assert.equal(await tab.input.inputValue(), story);
  assert.deepEqual(await tab.said(), []);
  await tab.input.fill(story.slice(23));
  await tab.answered(() => tab.input.press("Enter"));
  assert.deepEqual(await tab.said(), [story.slice(23)]);
});

test("a message for the team that is too long stays in its field, and the dialog says so", async () => {
  const story = STORY.repeat(13);
  await tab.menu("Leave a message for the team");
  await tab.page.locator(".sheet input[name=name]").fill("Maria");
  await tab.page.locator(".sheet input[name=contact]").fill("maria@example.com");
  const field = tab.page.locator(".sheet textarea");
  await paste(field, story);
  await tab.page.locator(".sheet .main").click();
  const problem = await tab.page.locator(".sheet .problem").innerText();
  assert.match(problem, /up to 1,000 characters/);
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  assert.ok(await field.evaluate((one) => one.matches(":focus")), "the field that has to be changed has the focus");
  assert.equal(await field.inputValue(), story);
});
