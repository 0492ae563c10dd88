import { after, afterEach, before, beforeEach, test } from "node:test";
import { readFile } from "node:fs/promises";
import { Visitor, address, assert, launch, soon } from "./harness.mjs";

let browser, visitor, tab;
before(async () => (browser = await launch()));
after(() => browser.close());
beforeEach(async () => {
  visitor = await Visitor.arrive(browser, { acceptDownloads: true });
  tab = await visitor.open();
  await tab.openChat();
  await tab.say("Does myofascial release hurt?");
});
afterEach(async () => {
  await visitor.leave();
  assert.deepEqual(visitor.violations, [], "no error, no violation of CSP or Trusted Types");
});

const kept = () => tab.page.evaluate(() => Object.entries(localStorage).map(([key, value]) => `${key}=${value}`));
const token = async () => (await kept()).find((line) => line.includes(":token="))?.split(":token=")[1];

test("the browser keeps the token and marks, and nothing of what was said", async () => {
  for (const line of await kept()) assert.match(line, /:(token|read)=/);
});

test("delete my data asks first, and does nothing when cancelled", async () => {
  await tab.menu("Delete my data");
  await tab.page.getByRole("dialog", { name: "Delete my data" }).getByRole("button", { name: "Cancel" }).click();
  assert.equal((await tab.said()).length, 1);
  assert.ok(await token());
});

test("delete my data deletes here, in other tabs and at the gateway", async () => {
  const other = await visitor.open();
  await other.openChat();
  await other.visitor.first().waitFor();
  const old = await token();
  await tab.menu("Delete my data");
  await tab.page.getByRole("dialog", { name: "Delete my data" }).getByRole("button", { name: "Delete my data" }).click();
  await tab.page.locator(".banner", { hasText: "is deleted" }).waitFor();
  for (const one of [tab, other]) await soon(async () => (await one.visitor.count()) === 0, "the conversation is gone");
  assert.deepEqual(await kept(), []);
  const answer = await fetch(`${address}/chat/messages`, { headers: { Authorization: `Bearer ${old}` } });
  assert.equal(answer.status, 401);
  await tab.page.reload();
  await tab.say("hi");
  assert.deepEqual(await tab.said(), ["hi"]);
});

for (const withdraws of [false, true]) {
  test(`a sent request ${withdraws ? "is withdrawn where the box is ticked" : "stays where the box is left alone"}`, async () => {
    await tab.menu("Delete my data");
    const dialog = tab.page.getByRole("dialog", { name: "Delete my data" });
    const box = dialog.getByRole("checkbox", { name: "Also withdraw a booking request that I sent" });
    assert.equal(await box.isChecked(), false);
    if (withdraws) await box.check();
    const [request] = await Promise.all([
      tab.page.waitForRequest((sent) => sent.method() === "DELETE"),
      dialog.getByRole("button", { name: "Delete my data" }).click(),
    ]);
    assert.equal(new URL(request.url()).search, withdraws ? "?requests=withdraw" : "");
    await tab.page.locator(".banner", { hasText: "is deleted" }).waitFor();
  });
}

test("a deletion that fails says so and stays open", async () => {
  await tab.page.route("**/chat/conversation*", (route) => route.abort());
  await tab.menu("Delete my data");
  await tab.page.getByRole("dialog", { name: "Delete my data" }).getByRole("button", { name: "Delete my data" }).click();
  await tab.page.getByRole("alert").waitFor();
  assert.ok(await token());
});

test("start over takes what was said out of sight, for good", async () => {
  await tab.menu("Start over");
  await tab.page.getByRole("dialog", { name: "Start over" }).getByRole("button", { name: "Start over" }).click();
  await soon(async () => (await tab.visitor.count()) === 0, "nothing is in sight");
  assert.ok((await tab.page.locator(".choices .choice:enabled").count()) > 0, "the ways to begin are offered again");
  await tab.say("hi");
  await tab.page.reload();
  await tab.bot.first().waitFor();
  assert.deepEqual(await tab.said(), ["hi"]);
});

test("the conversation can be downloaded", async () => {
  const [download] = await Promise.all([tab.page.waitForEvent("download"), tab.menu("Download the conversation")]);
  assert.match(await readFile(await download.path(), "utf8"), /Does myofascial release hurt\?/);
});

test("a message for the team can be left; what is wrong is said at its field", async () => {
  await tab.menu("Leave a message for the team");
  const dialog = tab.page.getByRole("dialog", { name: "Leave a message for the team" });
  await dialog.getByLabel("Your name").fill("Maria Lopez");
  const contact = dialog.getByLabel("Phone or e-mail");
  await contact.fill("nowhere");
  await dialog.getByLabel("Your message").fill("Please call me back.");
  await dialog.getByRole("button", { name: "Send" }).click();
  await soon(() => contact.evaluate((field) => field.matches(":focus")), "the focus is at the field");
  assert.equal(await contact.getAttribute("aria-invalid"), "true");
  assert.equal(await contact.evaluate((field) => field.getRootNode().getElementById(field.getAttribute("aria-describedby")).role), "alert");
  await contact.fill("maria@example.com");
  await dialog.getByLabel("Your message").fill("Please call me back.");
  await dialog.getByRole("button", { name: "Send" }).click();
  await tab.page.locator(".message.system", { hasText: /with the team; your reference is LM-/ }).waitFor();
});
