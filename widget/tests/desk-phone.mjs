// The daily jobs at the desk, by phone and laptop, with their clicks counted; every page fits, and axe finds nothing. With
// PICTURES, a folder, pictures are taken. HELD is the reference of a request on hold. Run by tests/widget/test_desk_live.py.
import { test } from "node:test";
import { DESKTOP, PHONE, SMALL, Talk, arrived, isInView } from "./desk-harness.mjs";
import { address, assert, soon } from "./harness.mjs";

const team = await arrived();
const desk = team.page;
let clicks = 0;
const click = async (what) => {
  clicks++;
  await what.click();
};
const size = async (where) => {
  await desk.setViewportSize(where);
  await desk.waitForTimeout(50);
};

await team.isAccessible();
await team.signIn();
const maria = await Talk.begin(address);
for (const words of ["does it hurt", "what does it cost", "my name is maria lopez", "how long does it take", "can I talk to a person"]) await maria.say(words);

test("somebody who waits is answered with two clicks, on a phone and at 400 %, without scrolling", async () => {
  for (const where of [SMALL, PHONE]) {
    await size(where);
    await team.open("/desk/inbox", "Inbox");
    clicks = 0;
    await click(desk.locator("#lists a.row", { hasText: "Maria Lopez" }).first());
    await desk.locator("#send").waitFor();
    assert.ok(await isInView(desk.locator("#text")), `the reply box is in view at ${where.width}x${where.height}`);
    assert.ok(await isInView(desk.locator("#send")), `Send is in view at ${where.width}x${where.height}`);
    await team.picture(`desk-conversation-${where.width}`);
  }
  await desk.focus("#text"); // as the phone's keyboard does; typing needs no click
  await desk.keyboard.type("Hello Maria, how can I help?");
  await click(desk.locator("#send"));
  await desk.getByText("Sent.").waitFor();
  assert.equal(clicks, 2);
  assert.ok(await isInView(desk.locator("#send")), "Send is in view after a reply");
});

test("a laptop shows the whole job without scrolling the page", async () => {
  await size(DESKTOP);
  await team.open(`/desk/inbox/conversation/${maria.conversation}`, "Maria Lopez");
  assert.ok(await isInView(desk.locator("#send")));
  assert.ok(await isInView(desk.locator("#give-back")));
  assert.equal(await desk.evaluate(() => document.documentElement.scrollHeight <= innerHeight), true);
  await desk.getByText("Their turn").waitFor({ state: "detached" });
  await team.isAccessible();
  await size(DESKTOP);
  await team.picture("desk-conversation");
});

test("a ready reply comes by a slash, with a space before it, and with its variables", async () => {
  await desk.goto(new URL("/desk/ready-replies", desk.url()).href);
  await desk.fill("#shortcut-new", "hello");
  await desk.fill("#text-new", "Hi {name}, this is {me}.");
  await desk.click("#add");
  await desk.getByText("The ready reply is kept.").waitFor();
  await team.isAccessible();
  await team.picture("desk-ready-replies");
  await team.open(`/desk/inbox/conversation/${maria.conversation}`, "Maria Lopez");
  await desk.focus("#text");
  await desk.keyboard.type("Good morning. /he");
  await desk.locator("#ready button").first().waitFor();
  await team.isAccessible();
  await desk.keyboard.press("Enter");
  assert.equal(await desk.inputValue("#text"), "Good morning. Hi Maria, this is Olivia.");
  await desk.fill("#text", "Good morning.");
  await desk.getByText("Ready replies", { exact: true }).last().click();
  await desk.locator("[data-ready]").first().click();
  assert.match(await desk.inputValue("#text"), /^Good morning\. You can park/);
  await desk.fill("#text", "");
});

test("both sides see that the other types and has read, and who wrote", async () => {
  await maria.post("presence", { typing: true });
  await desk.getByText("The visitor is writing").waitFor();
  await maria.post("presence", { read: 100_000 });
  await desk.getByText("Seen by the visitor").waitFor();
  assert.match(await desk.locator(".message.team").last().innerText(), /^Olivia/);
});

test("a note names a colleague, and the conversation is given to one", async () => {
  await desk.fill("#note", "@Sam please call her");
  await desk.getByRole("button", { name: "Save the note" }).click();
  await desk.getByText("The note is kept.").waitFor();
  await desk.selectOption("#assignee", "Sam");
  await desk.click("#assign");
  await desk.getByText("Sam is to answer here").waitFor();
});

test("a client is found by name with two clicks, and one page has all of them", async () => {
  await size(DESKTOP);
  await team.open("/desk/inbox", "Inbox");
  await team.isAccessible();
  await size(DESKTOP);
  await team.picture("desk-inbox");
  clicks = 0;
  await click(desk.locator("#q"));
  await desk.keyboard.type("lopez");
  await desk.keyboard.press("Enter");
  await desk.getByRole("heading", { name: "Search" }).waitFor();
  await team.isAccessible();
  await size(DESKTOP);
  await click(desk.locator("#found a.row").first());
  await desk.getByRole("heading", { level: 1, name: "Maria Lopez" }).waitFor();
  assert.equal(clicks, 2);
  await team.isAccessible();
  await size(DESKTOP);
  await team.picture("desk-person");
});

test("a hold is lifted and the appointment confirmed, with a message to the client, with four clicks", async () => {
  await team.open("/desk/inbox/requests", "Requests");
  await team.isAccessible();
  clicks = 0;
  await click(desk.locator("#requests a", { hasText: "Rose Hill" }).first());
  await click(desk.locator("#reason"));
  await team.isAccessible();
  await desk.keyboard.type("Spoke with her doctor.");
  await click(desk.locator("#lift"));
  await desk.getByText("lifted the hold on").waitFor();
  const inAWeek = new Date(Date.now() + 7 * 24 * 3600 * 1000).toISOString().slice(0, 10);
  await desk.fill("#confirmed-day", inAWeek); // where the wish has a day these are filled in
  await desk.fill("#confirmed-time", "17:30");
  await click(desk.locator("#confirmed"));
  await desk.getByText("Confirmed. The client is being notified.").waitFor();
  assert.equal(clicks, 4);
  await team.isAccessible();
  await size(DESKTOP);
  await team.picture("desk-request");
});

test("notifications are chosen, and the sound is tried", async () => {
  await team.open("/desk/notifications", "Notifications");
  await desk.click("#sound-test");
  await desk.getByText(/That was the sound|lets no sound through/).waitFor();
  await desk.fill("#quiet_from", "22:00");
  await desk.fill("#quiet_until", "07:00");
  await desk.click("#keep");
  await desk.getByText("Your rules are kept.").waitFor();
  assert.equal(await desk.inputValue("#quiet_from"), "22:00");
  await team.isAccessible();
  await size(DESKTOP);
  await team.picture("desk-notifications");
});

test("the desk can be installed, and its worker takes care of it", async () => {
  const manifest = await (await fetch(new URL("/desk/manifest.webmanifest", address))).json();
  assert.equal(manifest.display, "standalone");
  for (const { src } of manifest.icons) assert.equal((await fetch(new URL(src, address))).status, 200);
  await soon(() => desk.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration("/desk/"))?.active)), "the worker is there");
});
