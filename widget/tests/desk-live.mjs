// An inbox that cannot lie, in real Chromium behind a proxy that this test breaks: the desk says within ten seconds what is
// wrong and since when, and recovers by itself. Run by tests/widget/test_desk_live.py.
import { after, before, test } from "node:test";
import { createServer, connect } from "node:net";
import { Colleague, Talk } from "./desk-harness.mjs";
import { address, assert, launch, soon } from "./harness.mjs";

const AT_MOST = 10_000;
let browser, team, desk, proxy, rose;

/** Passes everything on to the gateway, until it is told otherwise. */
class Proxy {
  #sockets = new Set();
  #held = [];
  mode = "well"; // well | cut: nothing gets through | silent: what the server says is swallowed | one-way: streams are

  static async open() {
    const proxy = new Proxy();
    const { hostname, port } = new URL(address);
    proxy.server = createServer((inward) => {
      if (proxy.mode === "cut") return inward.destroy();
      const outward = connect(Number(port), hostname);
      for (const socket of [inward, outward]) {
        proxy.#sockets.add(socket);
        socket.on("error", () => {}).on("close", () => (proxy.#sockets.delete(socket), inward.destroy(), outward.destroy()));
      }
      let isStream = false;
      inward.on("data", (data) => {
        isStream = data.includes("GET /desk/live?") || data.includes("GET /desk/live HTTP");
        outward.write(data);
      });
      outward.on("data", (data) => {
        if (proxy.mode === "silent" || (proxy.mode === "one-way" && isStream)) proxy.#held.push(() => inward.writable && inward.write(data));
        else inward.write(data);
      });
    });
    await new Promise((open) => proxy.server.listen(0, "127.0.0.1", open));
    proxy.origin = `http://127.0.0.1:${proxy.server.address().port}`;
    return proxy;
  }

  set(mode) {
    this.mode = mode;
    if (mode === "cut") for (const socket of this.#sockets) socket.destroy();
    if (mode === "well") this.#held.splice(0).forEach((write) => write());
  }

  close() {
    this.set("cut");
    this.server.close();
  }
}

const bar = () => desk.locator("#freshness");
/** How long it takes until the page says that it is not up to date, and why. */
async function complaint(reason) {
  const began = Date.now();
  await bar().filter({ hasText: reason }).waitFor({ timeout: AT_MOST + 5_000 });
  const taken = Date.now() - began;
  assert.match(await bar().innerText(), /Not up to date since \d\d:\d\d: /);
  await soon(async () => (await desk.title()).startsWith("(?) "), "the title says so, too");
  return taken;
}
async function recovered() {
  await bar().waitFor({ state: "hidden", timeout: 30_000 });
  await soon(async () => !(await desk.title()).startsWith("(?)"), "the title counts again");
}

before(async () => {
  browser = await launch();
  proxy = await Proxy.open();
  team = await Colleague.arrive(browser, proxy.origin);
  desk = team.page;
  await team.signIn();
  rose = await Talk.begin(address);
});
after(async () => {
  await browser.close();
  proxy.close();
  assert.deepEqual(team.violations, [], "no error, no violation of CSP or Trusted Types");
});

test("who asks for a person waits at once, is counted on every page, and rings", async () => {
  await desk.evaluate(() => addEventListener("desk-rings", (event) => (window.rang = [...(window.rang ?? []), ...event.detail])));
  await rose.say("can I talk to a person");
  await desk.getByText("Waiting for a person (1)").waitFor();
  assert.match(await desk.title(), /^\(1\) Inbox/);
  await soon(() => desk.evaluate(() => window.rang?.includes("person")), "it rings");
  assert.equal(await desk.evaluate(() => Boolean(navigator.serviceWorker)), true);
  await team.open("/desk/learn", "Learn");
  assert.match(await desk.title(), /^\(1\) Learn/);
  await desk.evaluate(() => addEventListener("desk-rings", (event) => (window.rang = event.detail)));
  const tom = await Talk.begin(address);
  await tom.say("I have chest pain");
  await soon(async () => (await desk.title()).startsWith("(2) "), "the title counts without a reload");
  await soon(() => desk.evaluate(() => window.rang?.includes("emergency") && !window.rang.includes("person")), "what rang before does not ring again");
  assert.equal(await desk.locator('[data-count="inbox"]').innerText(), "2");
  await team.open("/desk/inbox", "Inbox");
  assert.match(await desk.locator("#lists h2").first().innerText(), /Emergencies and crises \(1\)/);
});

test("a cut is said within ten seconds, and the page is true again by itself", async () => {
  proxy.set("cut");
  const taken = await complaint("the server does not answer");
  console.log(`A cut was said after ${taken} ms.`);
  assert.ok(taken < AT_MOST, `${taken} ms`);
  await team.isAccessible();
  await rose.say("are you there?");
  proxy.set("well");
  await recovered();
  await desk.locator("#lists").getByText("are you there?").waitFor({ timeout: 1_000 });
});

test("a server that takes everything and says nothing is noticed", async () => {
  proxy.set("silent");
  const taken = await complaint("does not answer");
  console.log(`Silence was said after ${taken} ms.`);
  assert.ok(taken < AT_MOST, `${taken} ms`);
  proxy.set("well");
  await recovered();
});

test("where only the stream is swallowed the page asks, and stays true", async () => {
  proxy.set("one-way");
  await rose.say("the stream is dead");
  await desk.locator("#lists").getByText("the stream is dead").waitFor({ timeout: AT_MOST });
  await bar().waitFor({ state: "hidden" });
  proxy.set("well");
});

test("a page that slept does not trust what it hears first", async () => {
  await desk.evaluate(() => {
    const real = Date.now;
    Date.now = () => real() + 3_600_000; // as after an hour of sleep
  });
  await bar().filter({ hasText: "Not up to date since" }).waitFor({ timeout: 3_000 }).catch(() => {}); // for a moment only
  await recovered();
  await desk.reload();
});

test("whoever is signed out reads it, comes back to the page, and keeps what was typed", async () => {
  await team.open(`/desk/inbox/conversation/${rose.conversation}`, "Visitor");
  await desk.fill("#text", "half a reply");
  await desk.fill("#note", "half a note");
  const other = await team.context.newPage();
  await other.goto(`${proxy.origin}/desk/learn`);
  await other.getByRole("button", { name: "Sign out" }).click();
  await other.waitForURL(/sign-in/);
  const taken = await complaint("you are signed out");
  console.log(`The end of the session was said after ${taken} ms.`);
  assert.ok(taken < AT_MOST, `${taken} ms`);
  await desk.getByRole("link", { name: "Sign in again" }).click();
  await team.shows(/ desk$/);
  await team.isAccessible();
  await desk.fill("#name", "Olivja");
  await desk.fill("#password", "not the password");
  await desk.getByRole("button", { name: "Sign in" }).click();
  await desk.getByText("do not match").waitFor();
  assert.equal(await desk.inputValue("#name"), "Olivja");
  await team.enter();
  await desk.waitForURL(`**/conversation/${rose.conversation}`);
  assert.equal(await desk.inputValue("#text"), "half a reply");
  assert.equal(await desk.inputValue("#note"), "half a note");
  await other.close();
});
