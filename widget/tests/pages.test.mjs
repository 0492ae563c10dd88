// The chat on pages that change under it: page changes without a load, storage that is cleared, drafts.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { Visitor, address, assert, launch, soon } from "./harness.mjs";

const TURBO = await readFile(fileURLToPath(import.meta.resolve("@hotwired/turbo/dist/turbo.es2017-umd.js")), "utf8");

let browser, visitor;
before(async () => (browser = await launch()));
after(() => browser.close());
beforeEach(async () => (visitor = await Visitor.arrive(browser)));
afterEach(async () => {
  await visitor.leave();
  assert.deepEqual(visitor.violations, [], "no error");
});

/** A studio's site of two pages, each with a link to the other. */
async function site({ head = "", foot = "" }) {
  const files = {
    "turbo.js": TURBO,
    // A router as many sites have their own: it exchanges what the body holds.
    "router.js": `const show = async (address) => {
      const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
      document.title = page.title;
      document.body.replaceChildren(...page.body.childNodes);
    };
    addEventListener("popstate", () => show(location.href));
    addEventListener("click", (event) => {
      const link = event.target.closest("a[href]");
      if (!link) return;
      event.preventDefault();
      history.pushState({}, "", link.href);
      show(link.href);
    });`,
  };
  for (const [name, body] of Object.entries(files)) {
    await visitor.context.route(`${address}/studio/${name}`, (route) => route.fulfill({ contentType: "text/javascript", body }));
  }
  for (const [name, other] of [["one", "two"], ["two", "one"]]) {
    const body = `<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>Page ${name}</title>${head}</head><body><h1>Page ${name}</h1><a href="/studio/${other}">to ${other}</a>${foot}</body></html>`;
    await visitor.context.route(`${address}/studio/${name}`, (route) => route.fulfill({ contentType: "text/html", body }));
  }
  return visitor.open("/studio/one");
}

const TURBO_TAG = `<script src="/studio/turbo.js"></script>`;
const CHAT_TAG = `<script src="/widget.js" async></script>`;
const SITES = {
  "Turbo, the chat at the end of the body": { head: TURBO_TAG, foot: CHAT_TAG },
  "Turbo, the chat in the head": { head: TURBO_TAG + CHAT_TAG },
  "Turbo, the page's own element": { head: TURBO_TAG + CHAT_TAG, foot: "<lamoon-chat></lamoon-chat>" },
  "a router of its own": { head: `<script src="/studio/router.js" defer></script>${CHAT_TAG}` },
};

for (const [name, tags] of Object.entries(SITES)) {
  test(`the chat goes on through links that load no page: ${name}`, async () => {
    const tab = await site(tags);
    const { page } = tab;
    await tab.openChat();
    await tab.say("hi");
    await tab.input.fill("half a");
    for (const [link, heading] of [["to two", "Page two"], ["to one", "Page one"]]) {
      await page.getByText(link).click();
      await page.getByRole("heading", { name: heading }).waitFor();
      await tab.visitor.first().waitFor();
      assert.equal(await page.locator("lamoon-chat").count(), 1);
      assert.ok(await tab.panel.isVisible(), "an open chat is open still");
      assert.equal(await tab.input.inputValue(), "half a");
      assert.deepEqual(await tab.said(), ["hi"]);
    }
    await page.goBack();
    await page.getByRole("heading", { name: "Page two" }).waitFor();
    await tab.say("What is fascia?");
    assert.deepEqual(await tab.said(), ["hi", "What is fascia?"]);
  });
}

test("on a phone the open chat is the whole screen again after a page change", async () => {
  await visitor.leave();
  visitor = await Visitor.arrive(browser, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const tab = await site(SITES["Turbo, the chat in the head"]);
  await tab.openChat();
  await tab.page.evaluate(() => window.Turbo.visit("/studio/two"));
  await tab.page.getByRole("heading", { name: "Page two", includeHidden: true }).waitFor({ state: "attached" });
  await soon(() => tab.panel.evaluate((panel) => panel.isConnected && panel.matches(":modal")), "it is modal again");
});

test("a page that removes the chat is rid of it", async () => {
  const tab = await site(SITES["Turbo, the chat in the head"]);
  await tab.launcher.waitFor();
  await tab.page.evaluate(() => document.querySelector("lamoon-chat").remove());
  await tab.page.waitForTimeout(50);
  assert.equal(await tab.page.locator("lamoon-chat").count(), 0);
});

test("what is typed and not sent is there on the next page and after a reload, and gone once it is sent", async () => {
  const tab = await site({ foot: CHAT_TAG });
  await tab.openChat();
  await tab.input.fill("half a thought");
  await tab.page.getByText("to two").click();
  await tab.page.getByRole("heading", { name: "Page two" }).waitFor();
  await tab.input.waitFor();
  await soon(async () => (await tab.input.inputValue()) === "half a thought", "it is there");
  await tab.page.reload();
  await soon(async () => (await tab.input.inputValue()) === "half a thought", "it is there again");
  await tab.answered(() => tab.input.press("Enter"));
  await tab.page.reload();
  await tab.visitor.first().waitFor();
  assert.equal(await tab.input.inputValue(), "");
});

test("a page that clears all storage loses nothing: not the conversation, not what waits to be sent", async () => {
  const tab = await visitor.open();
  const other = await visitor.open();
  await tab.openChat();
  await tab.say("I had a blood clot last year");
  await visitor.context.setOffline(true);
  await tab.type("What is fascia?");
  await other.page.evaluate(() => localStorage.clear());
  await tab.page.evaluate(() => localStorage.clear());
  await visitor.context.setOffline(false);
  await tab.say("I have crushing chest pain right now");
  await tab.page.locator(".message.emergency").waitFor();
  assert.deepEqual(await tab.said(), ["I had a blood clot last year", "What is fascia?", "I have crushing chest pain right now"]);
  await tab.page.reload();
  await tab.page.locator(".message.emergency").waitFor();
  assert.equal((await tab.said()).length, 3, "it is one conversation still");
});

test("another conversation of another tab is followed", async () => {
  const tab = await visitor.open();
  await tab.openChat();
  await tab.say("hi");
  const other = await visitor.open();
  await other.openChat();
  await other.visitor.first().waitFor();
  const token = await fetch(`${address}/chat/conversations`, { method: "POST" }).then((answer) => answer.json());
  await other.page.evaluate((value) => {
    const [key] = Object.keys(localStorage).filter((name) => name.endsWith(":token"));
    localStorage.setItem(key, value);
  }, token.token);
  await soon(async () => (await tab.visitor.count()) === 0, "the earlier conversation is out of sight");
  await tab.say("What is fascia?");
  assert.deepEqual(await tab.said(), ["What is fascia?"]);
});

test("Enter that ends a composition does not send, in any order of events", async () => {
  const tab = await visitor.open();
  await tab.openChat();
  await tab.input.fill("こんにち");
  for (const keys of [{ isComposing: true, keyCode: 229 }, { isComposing: false, keyCode: 229 }]) {
    await tab.input.evaluate((input, init) => {
      const event = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, isComposing: init.isComposing });
      Object.defineProperty(event, "keyCode", { value: init.keyCode });
      input.dispatchEvent(event);
    }, keys);
  }
  assert.equal(await tab.input.inputValue(), "こんにち");
  assert.equal(await tab.visitor.count(), 0);
});

test("unread messages are counted in the page's title, whatever the page calls itself meanwhile", async () => {
  const tab = await site({ foot: CHAT_TAG });
  const title = () => tab.page.title();
  await tab.openChat();
  await tab.type("Does myofascial release hurt?");
  await tab.page.keyboard.press("Escape");
  await soon(async () => /^\(\d\) Page one$/.test(await title()), "the title counts");
  await tab.page.evaluate(() => (document.title = "Another page"));
  await tab.openChat();
  await soon(async () => (await title()) === "Another page", "nothing is unread");
  await tab.page.keyboard.press("Escape");
  await tab.page.evaluate(() => document.querySelector("lamoon-chat").remove());
  assert.equal(await title(), "Another page");
});
