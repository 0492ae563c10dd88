// What is in sight: more below, the end of what a person writes, small and enlarged screens.
import { after, afterEach, before, test } from "node:test";
import { Visitor, assert, launch, soon } from "./harness.mjs";

const SMALL = { width: 320, height: 256 }; // 1280 at 400 %
let browser, visitor;
before(async () => (browser = await launch()));
after(() => browser.close());
afterEach(async () => {
  await visitor.leave();
  assert.deepEqual(visitor.violations, [], "no error, no violation of CSP or Trusted Types");
});

async function arrive(options) {
  visitor = await Visitor.arrive(browser, { reducedMotion: "reduce", ...options });
  const tab = await visitor.open();
  await tab.openChat();
  return tab;
}

/** Whether all of an element lies within the conversation's visible part. */
const inSight = (element) =>
  element.evaluate((one) => {
    const [own, log] = [one, one.closest(".log")].map((each) => each.getBoundingClientRect());
    return own.top >= log.top - 1 && own.bottom <= log.bottom + 1;
  });
const hidden = (tab) => tab.log.evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);

for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 844 }, SMALL]) {
  test(`there is a cue while more lies below, and it covers nothing: ${viewport.width}x${viewport.height}`, async () => {
    const tab = await arrive({ viewport });
    const cue = tab.page.locator(".below");
    for (const words of ["What is fascia?", "I'd like to book a session", "Maria Lopez", "maria@example.com", "Thursday after 5 pm"]) {
      await tab.say(words);
      await soon(async () => (await hidden(tab)) < 20 || (await cue.isVisible()), `after "${words}" the end, or the cue, is in sight`);
    }
    await tab.log.evaluate((log) => (log.scrollTop = 0));
    await cue.waitFor();
    const [below, log] = [await cue.boundingBox(), await tab.log.boundingBox()];
    assert.ok(below.y >= log.y + log.height - 1, "it stands below the conversation, not on it");
    await cue.click();
    await cue.waitFor({ state: "detached" });
    assert.ok((await hidden(tab)) < 20);
  });
}

test("the box for the reason of a vote comes into sight, and thanks stay", async () => {
  const tab = await arrive({ viewport: { width: 1280, height: 560 } });
  await tab.say("Does myofascial release hurt?");
  const thumb = tab.page.getByRole("button", { name: "This did not help" });
  await thumb.evaluate((one) => one.scrollIntoView({ block: "end" })); // so that what follows it lies below
  await thumb.click();
  const why = tab.page.locator(".why");
  await why.waitFor();
  await soon(() => inSight(why), "the box is in sight");
  await why.locator("input").fill("too long");
  await why.locator("button").click();
  await why.waitFor({ state: "detached" });
  assert.equal(await tab.page.locator(".thanks").innerText(), "Thank you.");
});

test("what a person of the team writes is followed to its end, unless the visitor has gone up", async () => {
  const tab = await arrive({ viewport: { width: 1280, height: 560 } });
  let send;
  await tab.page.route("**/chat/stream*", async (route) => {
    const made = (id, from, text) => ({ id, client_id: null, from, at: new Date().toISOString(), kind: "text", body: [{ t: "p", c: [{ t: "text", v: text }] }], choices: [], source: null, feedback: null });
    const all = [made(1e6, "visitor", "what is it?"), made(1e6 + 1, "bot", "A long answer. ".repeat(120)), ...[2, 3, 4].slice(0, send ?? 0).map((id) => made(1e6 + id, "team", `Reply ${id} of Olivia`))];
    const events = all.map((message) => `event: message\ndata: ${JSON.stringify(message)}\n\n`).join("");
    await route.fulfill({ contentType: "text/event-stream", body: `event: status\ndata: {"mode":"human","bot":"up","shown_from":0}\n\n${events}` });
  });
  await tab.type("hi");
  await tab.bot.waitFor();
  send = 3; // the stream ends at once and comes back
  const last = tab.page.locator(".message.team").last();
  await last.getByText("Reply 4 of Olivia").waitFor();
  await soon(() => inSight(last), "the last reply is in sight");
  await tab.log.evaluate((log) => (log.scrollTop = 0));
  await tab.page.waitForTimeout(1500); // the stream comes back again meanwhile
  assert.equal(await tab.log.evaluate((log) => log.scrollTop), 0);
});

test("at 400 % there is room to read, and menu and questions are in reach", async () => {
  const tab = await arrive({ viewport: SMALL });
  await tab.say("hi");
  assert.ok((await tab.log.boundingBox()).height >= 120, "half of the screen is the conversation");
  await tab.page.locator("lamoon-chat").evaluate((chat) => chat.setAttribute("privacy", "https://example.com/privacy")); // the longest menu
  await tab.more.click();
  const menu = await tab.page.locator(".menu").boundingBox();
  assert.ok(menu.y + menu.height <= SMALL.height, "the menu ends on the screen, and scrolls");
  for (const item of await tab.page.locator(".menu button, .menu a").all()) {
    await item.scrollIntoViewIfNeeded();
    const { y, height } = await item.boundingBox();
    assert.ok(y >= 0 && y + height <= SMALL.height, "the item can be seen whole");
  }
  await tab.page.getByText("Leave a message for the team").click();
  const send = tab.page.locator(".sheet .main");
  await send.scrollIntoViewIfNeeded();
  const { y, height } = await send.boundingBox();
  assert.ok(y >= 0 && y + height <= SMALL.height);
  assert.ok(await tab.panel.evaluate((panel) => panel.scrollWidth <= panel.clientWidth));
});

test("questions are asked inside the chat, and the page beside it stays usable", async () => {
  const tab = await arrive({ viewport: { width: 1280, height: 800 } });
  const panel = await tab.panel.boundingBox();
  for (const item of ["Start over", "Delete my data", "Leave a message for the team"]) {
    await tab.menu(item);
    const sheet = tab.page.getByRole("dialog", { name: item });
    const box = await sheet.boundingBox();
    assert.ok(box.x >= panel.x && box.y >= panel.y && box.x + box.width <= panel.x + panel.width && box.y + box.height <= panel.y + panel.height + 1);
    await tab.page.locator("main a, main button").first().click({ trial: true });
    await tab.page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    assert.ok(await tab.panel.isVisible(), "Escape closes the question, not the chat");
  }
});

test("letters follow the browser's font size", async () => {
  const tab = await arrive({});
  const size = (selector) => tab.page.locator(selector).first().evaluate((one) => parseFloat(getComputedStyle(one).fontSize));
  const before = await size(".bubble p");
  const session = await visitor.context.newCDPSession(tab.page);
  await session.send("Page.enable");
  await session.send("Page.setFontSizes", { fontSizes: { standard: 24, fixed: 20 } });
  await tab.page.reload();
  await tab.input.waitFor();
  assert.equal(await size(".bubble p"), before * 1.5);
  await tab.page.evaluate(() => (document.documentElement.style.fontSize = "10px"));
  assert.equal(await size(".bubble p"), before * 1.5, "whatever size the page sets for itself");
});
