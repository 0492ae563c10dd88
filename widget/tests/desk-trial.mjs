// Try it and Tests in real Chromium on the real assistant. DESK_NAME and DESK_PASSWORD sign in; PICTURES as in
// desk-inbox.mjs. Run by tests/widget/test_desk_trial.py.
import { test } from "node:test";
import { DESKTOP, PHONE, signedIn } from "./desk-harness.mjs";
import { assert } from "./harness.mjs";

const team = await signedIn();
const desk = team.page;

async function say(words) {
  await desk.fill("#text", words);
  await desk.getByRole("button", { name: "Send", exact: true }).click();
  await desk.locator("#latest .bubble.visitor", { hasText: words }).waitFor();
}

test("a message is answered and explained, as each channel shows it", async () => {
  await team.open("/desk/try", "Try it");
  await team.isAccessible();
  await say("Does rolling out hurt a lot?");
  assert.match(await desk.locator("#latest .why").innerText(), /sure/);
  await say("I had a blood clot last year");
  assert.match(await desk.locator("#latest mark").first().innerText(), /clot/);
  await desk.locator("#latest .why summary").click();
  await team.isAccessible();
  await team.picture("desk-try");
  for (const [look, name] of [["telegram", "Telegram"], ["whatsapp", "WhatsApp"]]) {
    await desk.getByRole("link", { name, exact: true }).click();
    await desk.locator(`.phone.${look}`).first().waitFor();
    await team.isAccessible();
    await team.picture(`desk-try-${look}`);
  }
  await desk.setViewportSize(PHONE);
  await team.picture("desk-try-phone");
  await desk.setViewportSize(DESKTOP);
});

test("half an hour later an open booking is over", async () => {
  await team.open("/desk/try", "Try it");
  await desk.getByRole("button", { name: "New person" }).click();
  await desk.getByText("You are a new visitor now").waitFor();
  await say("I would like to book a session please");
  const why = desk.locator("#latest .why");
  await why.locator("summary").click();
  assert.match(await why.innerText(), /Open form: A booking/);
  await desk.getByRole("button", { name: "30 minutes later" }).click();
  await desk.getByText("30 minutes later.").waitFor();
  await say("hello again");
  await why.locator("summary").click();
  assert.match(await why.innerText(), /Open form: none/);
});

test("what was tried is saved as a test, and played", async () => {
  await team.open("/desk/try", "Try it");
  await desk.getByRole("button", { name: "New person" }).click();
  await desk.getByText("You are a new visitor now").waitFor();
  await say("Does rolling out hurt a lot?");
  await say("I had a blood clot last year");
  await desk.getByRole("link", { name: "Save as a test" }).click();
  await desk.getByRole("heading", { name: "Save as a test" }).waitFor();
  for (const box of await desk.getByRole("checkbox").all()) await box.check();
  await desk.fill("#name", "A question, then a blood clot");
  await team.isAccessible();
  await team.picture("desk-tests-save");
  await desk.getByRole("button", { name: "Save", exact: true }).click();
  await desk.getByText("Saved. Play it whenever").waitFor();
  await desk.getByRole("button", { name: "Play our tests" }).click();
  await desk.locator(".tests .mark.good").waitFor({ timeout: 60_000 });
  await desk.locator("#progress:not([data-busy])").waitFor();
  await team.isAccessible();
  await team.picture("desk-tests");
  await desk.getByRole("button", { name: "Play all tests" }).click();
  await desk.getByText(/Playing: \d+ to go, (?:[3-9]|\d\d+) done/).waitFor({ timeout: 60_000 });
  await team.isAccessible();
  await desk.getByRole("button", { name: "Stop", exact: true }).click();
  await desk.locator("#progress:not([data-busy])").waitFor({ timeout: 60_000 });
});
