// Review, learn and figures in real Chromium. A visitor's messages come by the widget; one that the assistant did not
// understand becomes a phrase in a patch. DESK_NAME and DESK_PASSWORD sign in; PICTURES as in desk-inbox.mjs; PATCH, when
// set, is where the downloaded patch is kept. Run by tests/widget/test_desk_teaching.py.
import { after, before, test } from "node:test";
import { readFile } from "node:fs/promises";
import { deskAndChat } from "./desk-harness.mjs";
import { assert, launch } from "./harness.mjs";

const ASKED = process.env.ASKED ?? "how zappy does the pressing on my hamstring feel";

let browser, team, visitor, desk, chat;
before(async () => {
  browser = await launch();
  ({ team, desk, visitor, chat } = await deskAndChat(browser));
});
after(async () => {
  await browser.close();
  assert.deepEqual([...team.violations, ...visitor.violations], [], "no error, no violation of CSP or Trusted Types");
});

test("an answer that did not help waits for review, and its topic is corrected by keyboard", async () => {
  await chat.openChat();
  for (const words of ["Does myofascial release hurt?", "I had a blood clot last year", "left trap killing me, shud i stop rolling", ASKED]) {
    await chat.say(words);
  }
  // Whatever the model makes of it, the visitor is not content.
  const kept = chat.page.waitForResponse((answer) => answer.url().includes("/feedback"));
  await chat.page.getByRole("button", { name: "This did not help" }).last().click();
  await kept;
  await team.open("/desk/review", "Review");
  const answer = desk.locator(".answer", { hasText: ASKED });
  await answer.waitFor();
  await team.isAccessible();
  await team.picture("desk-review");
  while (!(await answer.evaluate((card) => card === document.activeElement))) await desk.keyboard.press("j");
  await desk.keyboard.press("w");
  await desk.keyboard.press("r"); // types into the list and marks nothing
  const left = await desk.locator(".answer").count();
  await desk.keyboard.press("Control+A");
  await desk.keyboard.type("does myofascial release hurt?");
  const same = await desk.evaluate(() => (window.same = "the page was not loaded anew"));
  await desk.keyboard.press("Enter");
  await answer.waitFor({ state: "detached" });
  assert.equal(await desk.evaluate(() => window.same), same);
  assert.equal(await desk.locator(".answer").count(), left - 1);
  if (left > 1) assert.ok(await desk.evaluate(() => document.activeElement.matches(".answer")), "the next answer has the focus");
});

test("what was meant can be downloaded as a patch", async () => {
  await team.open("/desk/learn", "Learn");
  await team.isAccessible();
  await team.picture("desk-learn");
  const [download] = await Promise.all([desk.waitForEvent("download"), desk.getByRole("button", { name: /^Download/ }).click()]);
  if (process.env.PATCH) await download.saveAs(process.env.PATCH);
  assert.match(await readFile(await download.path(), "utf-8"), new RegExp(`^\\+ +- ${ASKED}$`, "m"));
});

test("the figures have counted it", async () => {
  await team.open("/desk/figures", "Figures");
  await desk.getByText("What people asked").first().waitFor();
  await team.isAccessible();
  await desk.locator("summary").first().click();
  await team.isAccessible();
  await team.picture("desk-figures");
});
