import { createServer } from "node:http";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { Visitor, address, assert, launch } from "./harness.mjs";

let browser, visitor;
before(async () => (browser = await launch()));
after(() => browser.close());
beforeEach(async () => (visitor = await Visitor.arrive(browser)));
afterEach(async () => {
  await visitor.leave();
  assert.deepEqual(visitor.violations, [], "no error, no violation of CSP or Trusted Types");
});

/** Another origin that the gateway allows; the test serves its page. */
const OTHER = process.env.EMBEDDED_ON;
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types lit-html";

/** A studio's own page, under a policy that allows nothing that docs/widget.md does not ask for. */
async function studioPage(body, head = "") {
  await visitor.context.route(`${address}/studio`, (route) =>
    route.fulfill({ headers: { "Content-Type": "text/html", "Content-Security-Policy": POLICY }, body: `<!doctype html><html lang="en"><title>Studio</title>${head}<body><h1>Studio</h1>${body}</body></html>` }),
  );
  return visitor.open("/studio");
}

test("one script tag is enough, and its attributes are the chat's", async () => {
  const tab = await studioPage(
    `<script src="/widget.js" async data-heading="Ask Luna" data-greeting="Good day!" data-accent="#ffd54f" data-position="left" data-privacy="https://example.com/privacy" data-words='{"send":"Verstuur"}'></script>`,
  );
  await tab.openChat();
  assert.equal(await tab.page.locator("#title").innerText(), "Ask Luna");
  assert.match(await tab.log.innerText(), /Good day!/);
  assert.equal(await tab.page.locator(".consent a").getAttribute("href"), "https://example.com/privacy");
  assert.equal(await tab.page.locator(".send").getAttribute("aria-label"), "Verstuur");
  assert.ok((await tab.panel.boundingBox()).x < 100, "the chat stands on the left");
  const colours = await tab.launcher.evaluate((launcher) => [getComputedStyle(launcher).backgroundColor, getComputedStyle(launcher).color]);
  assert.deepEqual(colours, ["rgb(255, 213, 79)", "rgb(0, 0, 0)"], "words on a light accent are dark");
});

test("a page of another, allowed origin embeds the chat", { skip: !OTHER && "EMBEDDED_ON is not set" }, async (context) => {
  const policy = `default-src 'none'; script-src ${address}; connect-src ${address}; require-trusted-types-for 'script'`;
  const body = `<!doctype html><html lang="en"><title>Studio</title><body><h1>Studio</h1><script src="${address}/widget.js" async></script></body></html>`;
  const server = createServer((_, answer) => answer.writeHead(200, { "Content-Type": "text/html", "Content-Security-Policy": policy }).end(body));
  await new Promise((listening) => server.listen(new URL(OTHER).port, "localhost", listening));
  context.after(() => server.close());
  const tab = await visitor.open("/", OTHER);
  await tab.openChat();
  await tab.say("hi");
  await tab.more.click();
  assert.ok(await tab.page.locator(".menu").isVisible(), "what is loaded later comes from the gateway too");
  await tab.page.reload();
  await tab.bot.first().waitFor();
  assert.deepEqual(await tab.said(), ["hi"]);
});

test("without its second file the chat says so, answers all the same, and asks for it again", async () => {
  let tries = 0;
  await visitor.context.route(/widget-later/, (route) => (tries++ < 2 ? route.abort() : route.continue()));
  const tab = await visitor.open();
  await tab.openChat();
  await tab.say("I have crushing chest pain and can't breathe");
  assert.ok(await tab.page.locator("a[href='tel:911']").first().isVisible());
  await tab.more.click();
  await tab.page.locator(".banner", { hasText: "could not be loaded" }).waitFor();
  await tab.more.click();
  await tab.page.locator(".menu").waitFor();
  await tab.page.locator(".menu").getByText("Start over").click();
  await tab.page.getByRole("dialog", { name: "Start over" }).waitFor();
});

test("an element of the page is used instead, and shows its own link where scripts are off", async () => {
  const page = `<script src="/widget.js" defer></script><lamoon-chat heading="Ask us"><a href="/contact">Contact us</a></lamoon-chat>`;
  const tab = await studioPage(page);
  assert.equal(await tab.page.locator("lamoon-chat").count(), 1);
  assert.equal(await tab.page.getByText("Contact us").isVisible(), false);
  const without = await browser.newContext({ javaScriptEnabled: false });
  const plain = await without.newPage();
  await plain.setContent(page);
  assert.ok(await plain.getByText("Contact us").isVisible());
  await without.close();
});

test("attributes that cannot be used are reported to the page's author, and the chat does without them", async () => {
  const warnings = [];
  visitor.context.on("console", (message) => warnings.push(message.text()));
  const tab = await studioPage(`<script src="/widget.js" async data-words="{send: Verstuur" data-accent="brownish"></script>`);
  await tab.launcher.waitFor();
  assert.match(await tab.launcher.getAttribute("aria-label"), /Open chat/);
  assert.equal(await tab.launcher.evaluate((launcher) => getComputedStyle(launcher).backgroundColor), "rgb(116, 72, 58)");
  assert.match(warnings.join(), /"words" is not used.*Expected a JSON object/);
  assert.match(warnings.join(), /"accent" is not used: "brownish". Expected a CSS colour/);
});

test("the page's styles do not reach into the chat", async () => {
  const body = "button { opacity: 0.1 !important } section, dialog { display: none !important }";
  await visitor.context.route(`${address}/studio.css`, (route) => route.fulfill({ contentType: "text/css", body }));
  const tab = await studioPage(`<button>Page</button><script src="/widget.js" async></script>`, '<link rel="stylesheet" href="/studio.css">');
  const opacity = (button) => getComputedStyle(button).opacity;
  assert.equal(await tab.page.locator("body > button").evaluate(opacity), "0.1", "the styles are there");
  assert.ok(await tab.launcher.isVisible());
  assert.equal(await tab.launcher.evaluate(opacity), "1");
});

test("nothing that a reply carries is executed, even if the gateway were to send it", async () => {
  const evil = [
    { t: "p", c: [{ t: "text", v: "<img src=x onerror=alert(1)><script>alert(1)</script>" }] },
    { t: "a", href: "javascript:alert(1)", c: [{ t: "text", v: "a script" }] },
    { t: "a", href: "data:text/html,<script>alert(1)</script>", c: [{ t: "text", v: "a page" }] },
    { t: "script", c: [{ t: "text", v: "alert(1)" }] },
    { t: "iframe", href: "https://example.com", c: [] },
  ];
  const message = { id: 1, client_id: null, from: "bot", at: new Date().toISOString(), kind: "text", body: evil, choices: [], source: null, feedback: null };
  const events = `event: status\ndata: {"mode":"bot","bot":"up","shown_from":0}\n\nid: 1\nevent: message\ndata: ${JSON.stringify(message)}\n\n`;
  const tab = await visitor.open();
  tab.page.on("dialog", () => visitor.violations.push("a dialog opened"));
  await tab.page.route("**/chat/stream*", (route) => route.fulfill({ contentType: "text/event-stream", body: events }));
  await tab.openChat();
  await tab.type("hi");
  await tab.bot.first().waitFor();
  assert.match(await tab.bot.first().innerText(), /<img src=x onerror=alert\(1\)>/);
  assert.equal(await tab.bot.first().locator("a, script, iframe, img").count(), 0);
});

test("the snippet of the demo page names this gateway and can be copied", async () => {
  await visitor.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const tab = await visitor.open();
  await tab.page.getByRole("button", { name: "Copy the snippet" }).click();
  await tab.page.getByText("Copied.").waitFor();
  const snippet = await tab.page.evaluate(() => navigator.clipboard.readText());
  assert.match(snippet, new RegExp(`<script src="${address}/widget.js" async></script>`));
});

test("a hidden tab gives its stream back and catches up when it is looked at again", async () => {
  const tab = await visitor.open();
  await tab.page.clock.install();
  await tab.openChat();
  await tab.say("hi");
  const closed = tab.page.waitForEvent("requestfailed", (request) => request.url().includes("/chat/stream"));
  const look = (hidden) =>
    tab.page.evaluate((value) => {
      for (const [name, state] of [["hidden", value], ["visibilityState", value ? "hidden" : "visible"]]) {
        Object.defineProperty(document, name, { configurable: true, get: () => state });
      }
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  await look(true);
  await tab.page.clock.fastForward(31_000);
  await closed;
  const opened = tab.page.waitForRequest((request) => request.url().includes("/chat/stream"));
  await look(false);
  await opened;
});
