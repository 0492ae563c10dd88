// Requests by day and week, and the two decisions, by phone with one thumb, at 400 % and on a laptop. FILLED holds what
// tests/widget/filled_desk.py has filled the desk with. Run by tests/widget/test_desk_work.py.
import { test } from "node:test";
import { DESKTOP, PHONE, SMALL, isInView, signedIn } from "./desk-harness.mjs";
import { assert } from "./harness.mjs";

const filled = JSON.parse(process.env.FILLED);

const request = (state) => team.open(`/desk/inbox/requests/${filled[`request_${state}`]}`, /\w/);
const button = (name) => desk.getByRole("button", { name, exact: true }).or(desk.locator("summary", { hasText: name })).first();

const team = await signedIn();
const desk = team.page;

test("a day and a week lead to a request, and on to the next days, with one thumb", async () => {
  for (const size of [SMALL, PHONE, DESKTOP]) {
    await desk.setViewportSize(size);
    await team.open("/desk/inbox/requests", "Requests");
    await desk.getByRole("link", { name: "Week", exact: true }).click();
    await desk.getByRole("heading", { level: 1, name: / to / }).waitFor();
    await desk.getByRole("link", { name: "Day", exact: true }).click();
    await desk.waitForURL(/\/by\/day/);
    await desk.getByRole("link", { name: "The day after" }).click();
    await desk.waitForURL((url) => url.searchParams.get("day") === filled.tomorrow);
    await desk.locator("#agenda a.row", { hasText: "Cleo Marsh" }).click();
    await desk.getByRole("heading", { level: 1, name: "Cleo Marsh" }).waitFor();
  }
});

test("a phone shows both decisions at once, and the laptop without scrolling", async () => {
  for (const size of [PHONE, DESKTOP]) {
    await desk.setViewportSize(size);
    await request("proposed");
    if (size === PHONE) await button("Decline").evaluate((one) => one.scrollIntoView({ block: "end" }));
    for (const name of ["Confirm and write to the client", "Decline", "Propose another time"]) {
      assert.ok(await isInView(button(name)), `${name} at ${size.width}x${size.height}`);
    }
  }
});

test("declining is a button of its own, shows what the client reads, and needs no select", async () => {
  await desk.setViewportSize(PHONE);
  await request("seen");
  assert.equal(await desk.locator("main select").count(), 0);
  await button("Decline").click();
  await team.isAccessible("declining");
  await desk.setViewportSize(PHONE);
  assert.ok(!(await desk.locator("#confirmed-text").isVisible()), "one form at a time");
  await desk.fill("#declined-text", "Sorry, we are away that week.");
  await button("Decline and write to the client").click();
  await desk.getByText("Declined. The client is being notified.").waitFor();
  await desk.getByText("declined it: “Sorry, we are away that week.”").waitFor();
});

test("another time is proposed, shows as proposed, and a refusal keeps what was typed", async () => {
  await request("new");
  await button("Propose another time").click();
  await desk.fill("#proposed-day", "2020-01-08");
  await desk.fill("#proposed-text", "Would this do?");
  await desk.locator("#proposed").click();
  await desk.getByRole("alert").getByText("That time is past").waitFor();
  assert.equal(await desk.inputValue("#proposed-text"), "Would this do?");
  await team.isAccessible("a refused time");
  await desk.fill("#proposed-day", filled.tomorrow);
  await desk.locator("#proposed").click();
  await desk.getByText("Proposed. The client is being notified").waitFor();
  await desk.getByText("You proposed").waitFor();
  await desk.goto(new URL(`/desk/inbox/requests/by/day?day=${filled.tomorrow}`, desk.url()).href);
  await desk.locator("#agenda a.suggested", { hasText: "Maria Lopez" }).waitFor();
});

test("a hold is lifted where the health is told, and the confirmation follows at once", async () => {
  await desk.setViewportSize(PHONE);
  await request("held");
  assert.equal(await desk.locator("#confirmed").count(), 0);
  assert.ok(await button("Decline").isVisible());
  await desk.locator("section", { has: desk.locator("#health") }).locator("#reason").fill("Spoke with her doctor.");
  await desk.click("#lift");
  await desk.getByText("lifted the hold on").waitFor();
  assert.ok(await desk.locator("#confirmed").isVisible());
});

test("the places that a phone has no room for are behind one button", async () => {
  for (const size of [SMALL, PHONE]) {
    await desk.setViewportSize(size);
    await team.open("/desk/inbox", "Inbox");
    await button("More").click();
    assert.deepEqual(await desk.locator("#more").evaluate((menu) => [menu.scrollWidth - menu.clientWidth, menu.getBoundingClientRect().bottom <= innerHeight]), [0, true]);
    await desk.getByRole("link", { name: "Notifications" }).click();
    await desk.getByRole("heading", { level: 1, name: "Notifications" }).waitFor();
  }
  await desk.setViewportSize(PHONE);
  await button("More").click();
  await team.isAccessible("the menu");
});
