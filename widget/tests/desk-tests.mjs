// Trying, saved tests and review by keyboard, in real Chromium over a scripted Rasa, without loading a page anew. DESK_NAME and
// DESK_PASSWORD sign in; PICTURES as in desk-inbox.mjs. Run by tests/widget/test_desk_tests.py.
import { test } from "node:test";
import { Talk, signedIn } from "./desk-harness.mjs";
import { assert } from "./harness.mjs";

const team = await signedIn();
const desk = team.page;

/** Marks the page; `isSame` tells whether it was loaded anew since. */
const mark = () => desk.evaluate(() => { window.same = true; });
const isSame = () => desk.evaluate(() => window.same === true);
const hasFocus = (selector) => desk.evaluate((one) => document.activeElement.matches(one), selector);

/** Says the words and saves the conversation as a test. */
async function saved(name, ...words) {
  await team.open("/desk/try", "Try it");
  await desk.getByRole("button", { name: "New person" }).click();
  await desk.getByText("You are a new visitor now").waitFor();
  for (const one of words) {
    await desk.fill("#text", one);
    await desk.keyboard.press("Enter");
    await desk.locator("#latest .bubble.visitor", { hasText: one }).waitFor();
  }
  await desk.getByRole("link", { name: "Save as a test" }).click();
  await desk.getByRole("heading", { name: "Save as a test" }).waitFor();
  for (const box of await desk.getByRole("checkbox").all()) await box.check();
  await desk.fill("#name", name);
  await desk.getByRole("button", { name: "Save", exact: true }).click();
  await desk.getByText("Saved. Play it whenever").waitFor();
}

test("Try it keeps the cursor in the box, whatever is pressed", async () => {
  await team.open("/desk/try", "Try it");
  await desk.focus("#text");
  await mark();
  for (const words of ["my first question", "and my second one"]) {
    await desk.keyboard.type(words);
    await desk.keyboard.press("Enter");
    await desk.locator("#latest .bubble.visitor", { hasText: words }).waitFor();
    assert.ok(await hasFocus("#text"));
    assert.equal(await desk.inputValue("#text"), "");
  }
  await desk.getByRole("button", { name: "Repeat the last message" }).click();
  await desk.locator(".exchange").nth(2).waitFor();
  assert.ok(await hasFocus("#text"));
  await desk.getByRole("button", { name: "New person" }).click();
  await desk.getByText("You are a new visitor now").waitFor();
  assert.equal(await desk.locator(".exchange").count(), 0);
  await desk.keyboard.type("as a new person");
  await desk.keyboard.press("Enter");
  await desk.locator("#latest .bubble.visitor", { hasText: "as a new person" }).waitFor();
  assert.ok(await isSame());
});

test("what is answered otherwise is shown beside the expected words, and accepted by keyboard to the end", async () => {
  await saved("Parking", "zappy question about my car", "one more zappy question of mine");
  await saved("Parking again", "yet another zappy question here");
  await (await Talk.begin(new URL(desk.url()).origin)).say("answer otherwise");
  await mark();
  await desk.getByRole("button", { name: "Play our tests" }).click();
  await desk.getByText("2 played, 2 not as before").waitFor({ timeout: 60_000 });
  const differing = desk.locator(".turn.differs");
  assert.equal(await differing.count(), 3);
  const first = differing.first();
  assert.match(await first.locator(".both > div").first().innerText(), /You can park [^]*behind[^]* the house/);
  assert.match(await first.locator(".both > div").last().innerText(), /You can park [^]*beside[^]* the house/);
  assert.match(await first.locator("del").innerText(), /gone:\s*behind/);
  assert.match(await first.locator("ins").innerText(), /new:\s*beside/);
  assert.match(await first.locator("del").evaluate((one) => getComputedStyle(one).textDecorationLine), /line-through/);
  assert.match(await first.locator("ins").evaluate((one) => getComputedStyle(one).textDecorationLine), /underline/);
  await team.isAccessible();
  await team.picture("desk-tests");
  await desk.keyboard.press("j");
  for (let left = 3; left > 0; left--) {
    assert.ok(await hasFocus(".turn.differs"));
    await desk.keyboard.press("a");
    await desk.waitForFunction((count) => document.querySelectorAll(".turn.differs").length === count, left - 1);
  }
  await desk.getByText("2 played, 0 not as before").waitFor();
  assert.ok(await hasFocus("#summary"));
  await Promise.all([desk.waitForResponse(/tests\/play/), desk.getByRole("button", { name: "Play our tests" }).click()]);
  await desk.getByText("2 played, 0 not as before").waitFor({ timeout: 60_000 });
  assert.ok(await isSame());
});

test("one click takes an accepted answer back", async () => {
  await desk.locator(".test", { hasText: "Parking again" }).getByRole("button", { name: "Take back" }).click();
  await desk.locator(".test", { hasText: "Parking again" }).getByText("Not played yet").waitFor();
  assert.ok(await isSame());
});

test("review goes from answer to answer with one key each, and counts what is left", async () => {
  const talk = await Talk.begin(new URL(desk.url()).origin);
  for (const words of ["unsure one", "unsure two", "unsure three"]) await talk.say(words);
  await team.open("/desk/review", "Review");
  await desk.getByText("3 answers left.").waitFor();
  await team.isAccessible();
  await mark();
  await desk.keyboard.press("j");
  for (const left of ["2 answers left.", "1 answer left."]) {
    await desk.keyboard.press("r");
    await desk.getByText(left).waitFor();
    assert.ok(await hasFocus(".answer"), "the next answer has the focus");
  }
  await desk.keyboard.press("w");
  await desk.keyboard.type("does myofascial release hurt?");
  assert.ok(await isSame());
  await desk.keyboard.press("Enter");
  await desk.getByText("Nothing to look at").waitFor();
});

test("a reviewed phrase is taken over on the page that publishes", async () => {
  await team.open("/desk/teach", "Teach");
  await desk.getByText(/reviewed phrases? waits? to be learned|reviewed phrases wait to be learned/).first().waitFor();
  await desk.getByRole("button", { name: "Take them over" }).click();
  await desk.getByText("reviewed phrases were taken over").waitFor();
  await desk.getByRole("heading", { name: "Changes that are not live yet" }).waitFor();
  assert.ok(await desk.getByRole("button", { name: "Prepare and check" }).isVisible());
  await team.isAccessible();
});
