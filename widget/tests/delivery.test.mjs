import { connect, createServer } from "node:net";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { Visitor, address, assert, launch, soon } from "./harness.mjs";

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

const messages = ({ page }) => page.locator(".message[data-id]").evaluateAll((all) => all.map((one) => `${one.dataset.id} ${one.innerText}`));

test("a reload brings the conversation back, each message once and in order", async () => {
  await tab.say("hi");
  await tab.say("Does myofascial release hurt?");
  const seen = await messages(tab);
  await tab.page.reload();
  await tab.bot.nth(1).waitFor();
  await tab.settled();
  assert.deepEqual(await messages(tab), seen);
  assert.ok(await tab.panel.isVisible(), "an open chat is open again");
  assert.equal(await tab.page.evaluate(() => document.activeElement === document.body), true, "a reload takes no focus");
});

test("what is written offline is kept, shown as waiting, and sent once and in order when the visitor is back", async () => {
  await tab.say("hi");
  await visitor.context.setOffline(true);
  await tab.type("What is fascia?");
  await tab.type("Does it hurt?");
  await tab.page.getByText("No connection.").waitFor();
  assert.equal(await tab.page.locator(".unsent").count(), 2);
  await visitor.context.setOffline(false);
  await tab.answered(() => tab.page.locator(".offline").waitFor({ state: "detached" }));
  await soon(async () => (await tab.bot.count()) >= 3, "both are answered");
  assert.deepEqual(await tab.said(), ["hi", "What is fascia?", "Does it hurt?"]);
});

test("what is written offline can be taken back, and is never sent", async () => {
  await tab.say("hi");
  await visitor.context.setOffline(true);
  await tab.type("My name is Ada and I have a secret");
  await tab.type("What is fascia?");
  await tab.page.getByRole("button", { name: "Don't send" }).first().click();
  assert.deepEqual(await tab.said(), ["hi", "What is fascia?"]);
  assert.deepEqual(await tab.accessibilityProblems(), []);
  await visitor.context.setOffline(false);
  await tab.answered(() => tab.page.locator(".offline").waitFor({ state: "detached" }));
  await tab.page.reload();
  await tab.visitor.nth(1).waitFor();
  assert.deepEqual(await tab.said(), ["hi", "What is fascia?"]);
});

test("a message that was not sent before a reload is sent by the next page", async () => {
  await tab.say("hi");
  await tab.page.route("**/chat/messages", (route) => route.abort());
  await tab.type("What is fascia?");
  await tab.page.locator(".unsent").waitFor();
  await tab.page.unroute("**/chat/messages");
  await tab.answered(() => tab.page.reload());
  await soon(async () => (await tab.said()).length === 2, "both messages are there");
  await tab.settled();
  assert.deepEqual(await tab.said(), ["hi", "What is fascia?"]);
});

test("a message whose confirmation got lost is not doubled", async () => {
  let lost = 0;
  await tab.page.route("**/chat/messages", async (route) => {
    if (lost++) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await tab.say("What is fascia?");
  await soon(() => lost > 1, "the widget has tried again");
  await tab.settled();
  assert.deepEqual(await tab.said(), ["What is fascia?"]);
  await tab.page.reload();
  await tab.bot.first().waitFor();
  assert.deepEqual(await tab.said(), ["What is fascia?"]);
});

test("two tabs show one conversation, also when both send at once", async () => {
  const other = await visitor.open();
  await other.openChat();
  await Promise.all([tab.type("What is fascia?"), other.type("Does it hurt?")]);
  for (const one of [tab, other]) {
    await soon(async () => (await one.visitor.count()) === 2 && (await one.bot.count()) >= 2, "both tabs have both");
    await one.settled();
  }
  assert.deepEqual((await tab.said()).sort(), ["Does it hurt?", "What is fascia?"]);
  assert.deepEqual(await messages(tab), await messages(other));
});

test("messages of two tabs that were offline together are sent once each", async () => {
  const other = await visitor.open();
  await other.openChat();
  await tab.say("hi");
  await visitor.context.setOffline(true);
  await tab.type("What is fascia?");
  await other.type("Does it hurt?");
  await visitor.context.setOffline(false);
  for (const one of [tab, other]) {
    await soon(async () => (await one.visitor.count()) === 3 && (await one.bot.count()) >= 3, "both tabs have all");
    await one.settled();
    assert.deepEqual((await one.said()).sort(), ["Does it hurt?", "What is fascia?", "hi"]);
  }
});

test("a message that the gateway refuses is explained", async () => {
  await tab.page.route("**/chat/messages", (route) =>
    route.fulfill({ status: 413, json: { error: { code: "text_too_long", message: "Please send it in parts." } } }),
  );
  await tab.type("hi");
  await tab.page.locator(".banner", { hasText: "Please send it in parts." }).waitFor();
  assert.equal(await tab.visitor.count(), 0);
});

test("a conversation that the gateway no longer knows is begun anew with the message in hand", async () => {
  await tab.say("hi");
  await tab.page.evaluate(() => {
    const [key] = Object.keys(localStorage).filter((name) => name.endsWith(":token"));
    localStorage.setItem(key, "forged");
  });
  await tab.type("What is fascia?");
  await soon(async () => (await tab.said()).join() === "What is fascia?" && (await tab.bot.count()) > 0, "it is answered in a new conversation");
  await tab.page.locator(".banner", { hasText: "has ended" }).waitFor();
});

test("no stream is open before a conversation exists", async () => {
  const fresh = await Visitor.arrive(browser);
  const page = await fresh.context.newPage();
  const streams = [];
  page.on("request", (request) => request.url().includes("/chat/stream") && streams.push(request.url()));
  await page.goto(tab.page.url());
  await page.locator(".launcher").click();
  await page.waitForTimeout(300);
  assert.deepEqual(streams, []);
  await fresh.leave();
});

/** A way to the gateway on which open connections can fall silent without an end, as after a sleep or behind a forgetful router. */
async function brittleWay(context) {
  const open = new Set();
  const { hostname, port } = new URL(address);
  const proxy = createServer((near) => {
    const far = connect(port, hostname);
    const pair = { near, far };
    open.add(pair);
    near.pipe(far).pipe(near);
    for (const end of [near, far]) end.on("error", () => {}).on("close", () => (near.destroy(), far.destroy(), open.delete(pair)));
  });
  await new Promise((listening) => proxy.listen(0, hostname, listening));
  context.after(() => (open.forEach(({ near }) => near.destroy()), proxy.close()));
  const silence = () => open.forEach(({ near, far }) => (near.unpipe(far), far.unpipe(near), near.pause(), far.pause()));
  return { origin: `http://${hostname}:${proxy.address().port}`, silence };
}

test("a stream that fell silent is noticed within ten seconds, and what was missed is shown", async (context) => {
  const { origin, silence } = await brittleWay(context);
  const other = await visitor.open("/", origin);
  await other.openChat();
  await other.say("hi");
  silence();
  const fell = Date.now();
  const seen = await other.page.evaluate(
    () => new Promise((noticed) => {
      const root = document.querySelector("lamoon-chat").shadowRoot;
      new MutationObserver((_, observer) => root.querySelector(".offline") && (observer.disconnect(), noticed(true))).observe(root, { childList: true, subtree: true });
    }),
  );
  assert.ok(seen && Date.now() - fell < 10_000, `noticed after ${Date.now() - fell} ms`);
  await other.page.locator(".offline").waitFor({ state: "detached" });
  await other.say("What is fascia?");
});
