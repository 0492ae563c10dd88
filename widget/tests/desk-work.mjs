// A working day at the desk in real Chromium: rows that say who and what, counts on every page, conversations with what is known
// of a person, and figures that can be read on a phone. FILLED holds what tests/widget/filled_desk.py has filled the desk with.
// Run by tests/widget/test_desk_work.py.
import { test } from "node:test";
import { DESKTOP, PHONE, signedIn } from "./desk-harness.mjs";
import { assert, soon } from "./harness.mjs";

const filled = JSON.parse(process.env.FILLED);

const team = await signedIn();
const desk = team.page;

test("a row says who it is, what it is about, and whose turn it is", async () => {
  const row = (id) => desk.locator(`#lists a[href$="${filled[`conversation_${id}`]}"]`).first();
  assert.match(await row("waiting").innerText(), /^Maria Lopez.*New\n.*\n.*has waited for .* · LM-/);
  assert.match(await row("taken").innerText(), /^Tom Brook.*\n.*\n.*you have it · Your turn/);
  assert.match(await row("held").innerText(), /On hold/);
  assert.match(await row("emergency").innerText(), /Emergency/);
});

test("the time somebody has waited goes on by itself", async () => {
  await desk.evaluate(() => {
    const real = Date.now;
    Date.now = () => real() + 3 * 3_600_000;
  });
  await desk.getByText("has waited for 3 hours").waitFor();
  await desk.reload();
});

test("what is to be decided is counted on every page, and a request that was opened is not new any more", async () => {
  await team.open("/desk/review", "Review");
  const count = async () => Number(await desk.locator('[data-count="requests"]').textContent());
  const before = await count();
  await team.open("/desk/inbox/requests", "Requests");
  const row = desk.locator(`#requests a[href$="${filled.request_new}"]`);
  assert.match(await row.innerText(), /New/);
  await row.click();
  await desk.getByRole("heading", { level: 1, name: "Maria Lopez" }).waitFor();
  await team.open("/desk/inbox/requests", "Requests");
  assert.match(await row.innerText(), /Seen/);
  assert.equal(await count(), before - 1);
});

test("a conversation is titled by the person, with the ways to reach them and all requests", async () => {
  await team.open(`/desk/inbox/conversation/${filled.conversation_waiting}`, "Maria Lopez");
  await desk.locator("#about").getByRole("link", { name: "+1 212-555-0143" }).waitFor();
  await desk.locator(`aside a[href$="${filled.request_new}"]`).waitFor();
  await desk.getByRole("link", { name: "All about them" }).click();
  await desk.getByRole("heading", { name: "Requests (2)" }).waitFor();
});

test("what is tried is typed message after message, without a click and without scrolling", async () => {
  for (const size of [PHONE, DESKTOP]) {
    await desk.setViewportSize(size);
    await team.open("/desk/try", "Try it");
    await desk.focus("#text");
    for (const words of ["does it hurt", "what does it cost", "how long does it take"]) {
      await desk.keyboard.type(`${words} ${size.width}`);
      await desk.keyboard.press("Enter");
      await desk.locator("#latest .bubble.visitor", { hasText: `${words} ${size.width}` }).waitFor();
      await soon(() => desk.evaluate(() => document.activeElement.id === "text"), "the next message can be typed");
      assert.ok(await desk.locator("#text").evaluate((box) => box.getBoundingClientRect().bottom <= innerHeight), "the box is in view");
    }
  }
  assert.doesNotMatch(await desk.locator("#latest .why").innerText(), /utter_|action_|\{'/);
});

test("figures are read on a phone", async () => {
  await desk.setViewportSize(PHONE);
  await team.open("/desk/figures", "Figures");
  const smallest = await desk.evaluate(() =>
    Math.min(...[...document.querySelectorAll("main *")].filter((one) => one.checkVisibility() && [...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim())).map((one) => Number.parseFloat(getComputedStyle(one).fontSize))),
  );
  assert.ok(smallest >= 12, `${smallest}px`);
  assert.equal(await desk.locator(".bars").first().locator("li").count(), 30, "a bar for each of the days");
});

test("the record leads to what it names", async () => {
  await team.open("/desk/data/record", "Who did what");
  await desk.getByRole("link", { name: "a conversation" }).last().click();
  await desk.getByRole("heading", { level: 1, name: "Tom Brook" }).waitFor();
});

test("a code app is set up with the camera, or with the key beside the drawing", async () => {
  await team.open("/desk/account", "Your account");
  await desk.getByRole("button", { name: "Set it up" }).click();
  const drawing = await desk.getByRole("img", { name: "QR code of the key below" }).boundingBox();
  assert.ok(drawing.width > 150 && drawing.width === drawing.height, "large enough for a camera");
  assert.match(await desk.inputValue("#secret"), /^[A-Z2-7]{4}( [A-Z2-7]{4})+$/);
  await team.isAccessible("setting up a code app");
  await team.picture("desk-code");
});

test("a first step is done by doing it", async () => {
  await team.open("/desk/start", "First steps");
  await desk.getByRole("link", { name: "Ring now" }).click();
  await desk.waitForURL(/notifications/);
  await Promise.all([desk.waitForResponse((answer) => answer.url().endsWith("/notifications/test") && answer.status() === 204), desk.click("#sound-test")]);
  await desk.getByText("That was the sound").waitFor();
  await team.open("/desk/start", "First steps");
  await desk.getByRole("link", { name: "Try that it rings" }).waitFor();
  await desk.getByRole("button", { name: "Not needed: The line on your site" }).click();
  await desk.getByRole("link", { name: "The line on your site" }).waitFor();
});
