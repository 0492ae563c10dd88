// The team's inbox in real Chromium, with a visitor's widget beside it. DESK_NAME and DESK_PASSWORD sign in; with PICTURES,
// a folder, pictures are taken. Run by tests/widget/test_desk_inbox.py.
import { after, before, test } from "node:test";
import { deskAndChat } from "./desk-harness.mjs";
import { assert, launch, soon } from "./harness.mjs";

const AT_MOST = 5000; // milliseconds until a reply is read; a slow machine, not a slow desk

let browser, team, visitor, desk, chat;
before(async () => {
  browser = await launch();
  ({ team, desk, visitor, chat } = await deskAndChat(browser));
});
after(async () => {
  await browser.close();
  assert.deepEqual([...team.violations, ...visitor.violations], [], "no error, no violation of CSP or Trusted Types");
});

test("a visitor who asks for a person appears in the inbox by itself", async () => {
  await chat.openChat();
  for (const words of ["I had a blood clot last year, can I come?", "can I talk to a person", "Please ask Maria to look at my file", "rose@example.com", "yes"]) {
    await chat.say(words);
  }
  await desk.getByText("Waiting for a person (1)").waitFor();
  await soon(async () => (await desk.title()).startsWith("(1)"), "the title counts who waits");
  assert.match(await chat.panel.locator("header").innerText(), /team/i);
  await team.isAccessible();
  await team.picture("desk-inbox");
});

test("taken over, a reply is read in the widget at once", async () => {
  await desk.locator("#lists a.row").first().click();
  await desk.waitForURL(/conversation/);
  await desk.fill("#text", "typed too early");
  await desk.getByRole("button", { name: "Take over" }).click();
  await soon(async () => (await desk.inputValue("#text")) === "typed too early", "what was typed is still there");
  await chat.log.getByText(`${process.env.DESK_NAME} from the team is here now.`).waitFor();
  await desk.fill("#text", "Hello Rose! Yes, on Thursdays until eight.\nShall I put you down?");
  // Both pages tell the time themselves: what the test needs to look at them is not counted.
  await desk.evaluate(() => document.getElementById("send").addEventListener("click", () => sessionStorage.setItem("clicked", Date.now())));
  const read = chat.log.evaluate((log) => new Promise((resolve) => new MutationObserver(() => log.innerText.includes("until eight") && resolve(Date.now())).observe(log, { childList: true, subtree: true })));
  await desk.click("#send");
  const taken = (await read) - (await desk.evaluate(() => Number(sessionStorage.getItem("clicked"))));
  console.log(`A reply was read ${taken} ms after the click.`);
  assert.ok(taken < AT_MOST);
  await desk.getByText("Sent.").waitFor();
  assert.equal(await desk.inputValue("#text"), "");
});

test("a reply that is too long is kept whole, counted and not sent", async () => {
  const text = "Thank you for asking. ".repeat(70);
  await desk.focus("#text");
  await desk.keyboard.insertText(text);
  await desk.getByText("1540 of 1500 characters").waitFor();
  await desk.click("#send");
  assert.equal(await desk.inputValue("#text"), text);
  assert.match(await desk.evaluate(() => document.getElementById("text").validationMessage), /Too long by 40 characters/);
  await desk.fill("#text", "");
});

test("what the visitor writes appears at the desk, and an emergency is still answered", async () => {
  const before = await chat.bot.count();
  await chat.type("yes please, and thank you");
  await desk.locator("#said").getByText("yes please, and thank you").waitFor();
  assert.equal(await chat.bot.count(), before, "the assistant is silent");
  await chat.type("I have crushing chest pain and can't breathe");
  await chat.page.locator(".message.emergency").waitFor();
  await desk.locator("#said .message.emergency").waitFor();
  await team.isAccessible();
  await team.picture("desk-conversation");
});

test("given back, the assistant answers again", async () => {
  await desk.getByRole("button", { name: "Give back" }).click();
  await chat.log.getByText("The assistant answers again").waitFor();
  await chat.say("Does myofascial release hurt?");
});

test("a hold is lifted with a reason", async () => {
  await chat.say("I'd like to book a session");
  for (const words of ["Rose Hill", "rose@example.com", "Thursday after 5 pm, please"]) await chat.say(words);
  await chat.choose("No, none of these");
  for (let turn = 0; turn < 4 && (await chat.log.getByText(/reference is LM-/).count()) < 2; turn++) await chat.say("yes, send it");
  await desk.goto(new URL("/desk/inbox/requests", desk.url()).href);
  await team.isAccessible();
  await desk.locator("#requests a", { hasText: "Thursday after 5" }).click();
  await desk.getByText("On hold: the team has to review").waitFor();
  await team.isAccessible();
  await team.picture("desk-request");
  await desk.fill("#reason", "Spoke with her doctor; the clot is long gone.");
  await desk.click("#lift");
  await desk.getByText("lifted the hold on").waitFor();
  const inAWeek = new Date(Date.now() + 7 * 24 * 3600 * 1000).toISOString().slice(0, 10);
  await desk.fill("#confirmed-day", inAWeek);
  await desk.fill("#confirmed-time", "17:30");
  await desk.fill("#confirmed-minutes", "60");
  await desk.click("#confirmed");
  await desk.getByText("Confirmed. The client is being notified.").waitFor();
  await team.isAccessible();
  await chat.log.getByText(/Your appointment at .* is confirmed/).waitFor();
});
