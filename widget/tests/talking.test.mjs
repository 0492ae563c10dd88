import { after, afterEach, before, beforeEach, test } from "node:test";
import { Visitor, assert, launch, soon } from "./harness.mjs";

let browser, visitor, tab;
before(async () => (browser = await launch()));
after(() => browser.close());
beforeEach(async () => {
  visitor = await Visitor.arrive(browser);
  tab = await visitor.open();
});
afterEach(async () => {
  await visitor.leave();
  assert.deepEqual(visitor.violations, [], "no error, no violation of CSP or Trusted Types");
});

test("before the first message the visitor reads a greeting and what becomes of health data", async () => {
  await tab.openChat();
  assert.match(await tab.log.innerText(), /health/i);
  assert.equal(await tab.visitor.count(), 0);
  assert.ok((await tab.page.locator(".choice:enabled").count()) > 0, "ways to begin are offered");
});

test("an answer from the guide says where it comes from", async () => {
  await tab.openChat();
  const reply = await tab.say("Does myofascial release hurt?");
  assert.match(await reply.innerText(), /From our guide: /);
});

test("a choice is sent once, and what can no longer be pressed is gone", async () => {
  await tab.openChat();
  const reply = await tab.say("Does myofascial release hurt?");
  const choices = reply.locator(".choices .choice");
  const title = await choices.first().innerText();
  await tab.choose(title);
  assert.deepEqual(await tab.said(), ["Does myofascial release hurt?", title]);
  await soon(async () => (await choices.count()) === 0, "the choices are gone");
});

test("the choices of a question go with its turn", async () => {
  await tab.openChat();
  await tab.say("I'd like to book a session");
  await tab.say("never mind, stop");
  const open = tab.page.locator(".message:not(:last-of-type) .choices .choice:enabled");
  for (const choice of await open.all()) assert.ok(await choice.locator("xpath=ancestor::*[contains(@class,'message')]").locator(".source").count());
});

test("a contraindication gets a card that says it is a warning", async () => {
  await tab.openChat();
  await tab.say("I had a blood clot last year, can I come?");
  const card = tab.page.locator(".message.warning").first();
  assert.match(await card.innerText(), /For your safety/);
});

test("an emergency gets a card whose first thing is the number to tap, and nothing is said twice", async () => {
  await tab.openChat();
  await tab.say("I have crushing chest pain and can't breathe");
  const card = tab.page.locator(".message.emergency .bubble").first();
  const [title, call, text] = await card.locator(":scope > *").all();
  assert.ok(await call.locator("a[href='tel:911']").isVisible());
  assert.match(await text.innerText(), /This could be an emergency/);
  assert.doesNotMatch(await title.innerText(), /emergency/);
});

test("despair gets a card with the lines to call first, and a button for a person", async () => {
  await tab.openChat();
  await tab.say("I want to kill myself");
  const card = tab.page.locator(".message.crisis").first();
  assert.ok(await card.locator(".bubble > .calls:nth-child(2) a[href='tel:988']").isVisible());
  assert.ok(await card.getByRole("button", { name: "Talk to a person" }).isVisible());
});

test("what can be done next is a button, not words to type", async () => {
  await tab.openChat();
  for (const [question, button] of [
    ["where can I park?", "Talk to a person"],
    ["do you have female therapists?", "Talk to a person"],
  ]) {
    const reply = await tab.say(question);
    assert.doesNotMatch(await reply.innerText(), /say ['"]/i);
    assert.ok(await reply.getByRole("button", { name: button }).isVisible());
  }
});

test("a booking request is made to its end", async () => {
  await tab.openChat();
  await tab.say("I'd like to book a session");
  await tab.say("Maria Lopez");
  await tab.say("maria@example.com");
  await tab.say("Thursday after 5 pm, please");
  const health = tab.bot.last();
  assert.equal(await health.locator("li").count(), 5, "the question about health is a list");
  await tab.choose("No, none of these");
  const summary = await upTo(tab, "Please check");
  await summary.locator("li", { hasText: "Wish: Thursday" }).getByRole("button", { name: "Change the wish" }).click();
  await tab.say("Friday after 5 pm, please");
  await upTo(tab, "Please check");
  const lines = await tab.bot.last().locator("li").allInnerTexts();
  assert.match(lines.join("|"), /^Name: Maria Lopez\s*Change\|Contact: maria@example.com\s*Change\|Wish: Friday[^|]*Change\|Health: [^|]*Change$/);
  assert.deepEqual(await tab.bot.last().locator(".choices .choice").allInnerTexts(), ["Send it", "Stop"]);
  assert.equal(await tab.bot.last().locator(".choice.main").innerText(), "Send it");
  await tab.choose("Send it");
  const reply = await finishBooking(tab);
  assert.match(await reply.innerText(), /LM-\w{5}/);
});

/** Agrees until the assistant says so much; that reply. */
async function upTo(tab, words) {
  for (let turn = 0; turn < 3 && !(await tab.bot.last().innerText()).includes(words); turn++) await tab.say("yes");
  return tab.bot.last();
}

/** The questions between the screening and the reference, whichever the form asks. */
async function finishBooking(tab) {
  for (let turn = 0; turn < 4 && !/LM-\w{5}/.test(await tab.log.innerText()); turn++) {
    await tab.say("yes, send it");
  }
  return tab.log;
}

test("messages of one sender that follow each other share a time", async () => {
  await tab.openChat();
  await tab.say("I'd like to book a session");
  assert.ok((await tab.bot.count()) > 1);
  assert.equal(await tab.page.locator(".stamp.bot").count(), 1);
});

test("a vote is kept, with a word if the visitor likes", async () => {
  await tab.openChat();
  await tab.say("Does myofascial release hurt?");
  const [request] = await Promise.all([
    tab.page.waitForRequest((request) => request.url().endsWith("/chat/feedback")),
    tab.page.getByRole("button", { name: "This helped" }).click(),
  ]);
  assert.equal(request.postDataJSON().value, "up");
  await tab.page.locator(".why input").fill("clear and short");
  const [word] = await Promise.all([tab.page.waitForResponse(/\/chat\/feedback$/), tab.page.locator(".why button").click()]);
  assert.equal(word.status(), 204);
  await tab.page.reload();
  const pressed = tab.page.getByRole("button", { name: "This helped", pressed: true });
  await pressed.waitFor();
  const ground = (one) => getComputedStyle(one).backgroundColor;
  assert.equal(await pressed.evaluate(ground), await tab.launcher.evaluate(ground), "it is plain to see");
});

test("a question of the page opens the chat and is asked", async () => {
  await tab.answered(() => tab.page.getByRole("button", { name: "Does it hurt?" }).click());
  assert.deepEqual(await tab.said(), ["Does it hurt?"]);
});

test("a reply to a closed chat is counted on the launcher, and read when it is opened", async () => {
  await tab.openChat();
  const closed = tab.panel.waitFor({ state: "hidden" });
  await tab.page.route("**/chat/messages", async (route) => (await closed, route.continue()));
  await tab.type("Does myofascial release hurt?");
  await tab.page.keyboard.press("Escape");
  await tab.page.locator(".badge").waitFor();
  assert.match(await tab.launcher.getAttribute("aria-label"), /new messages: \d/);
  await tab.openChat();
  await tab.page.keyboard.press("Escape");
  assert.equal(await tab.page.locator(".badge").count(), 0);
});

test("a long answer is shown from its start", async () => {
  await tab.page.setViewportSize({ width: 1200, height: 500 });
  await tab.openChat();
  await tab.say("What is fascia?");
  const [log, question] = [await tab.log.boundingBox(), await tab.visitor.boundingBox()];
  assert.ok(question.y >= log.y, "the question above it is in sight");
});

test("who has scrolled up is told of new messages instead of being moved", async () => {
  await tab.openChat();
  for (const question of ["Does myofascial release hurt?", "What is fascia?"]) await tab.say(question);
  await tab.log.evaluate((log) => {
    log.scrollTop = 0;
    return new Promise((seen) => log.addEventListener("scroll", seen, { once: true }));
  });
  const other = await visitor.open();
  await other.openChat();
  await other.say("What are trigger points?");
  assert.equal(await tab.log.evaluate((log) => log.scrollTop), 0);
  await tab.page.bringToFront();
  await tab.page.getByRole("button", { name: "New messages" }).click();
  await soon(() => tab.log.evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight < 5), "the end is in sight");
});
