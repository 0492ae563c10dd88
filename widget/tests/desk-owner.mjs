// The owner's pages in real Chromium: a price is changed and seen answered, an answer is taught, figures are read. DESK_NAME
// and DESK_PASSWORD sign in; PICTURES as in desk-inbox.mjs. Run by tests/widget/test_desk_owner.py.
import { after, before, test } from "node:test";
import { deskAndChat } from "./desk-harness.mjs";
import { assert, launch } from "./harness.mjs";

let browser, team, visitor, desk, chat;
before(async () => {
  browser = await launch();
  ({ team, desk, visitor, chat } = await deskAndChat(browser));
});
after(async () => {
  await browser.close();
  assert.deepEqual([...team.violations, ...visitor.violations], [], "no error, no violation of CSP or Trusted Types");
});

/** No axe finding and no sideways scroll. */
async function isFineEverywhere(name) {
  await team.isAccessible(name);
  await team.picture(`owner-${name}`);
}

/** The only service and its price; none for empty ones. */
async function setService(name, price) {
  await team.open("/desk/settings/services", "Services and prices");
  await desk.getByLabel("Name").first().fill(name);
  await desk.getByLabel("Price").first().fill(price);
  await desk.getByRole("button", { name: "Save" }).click();
  await desk.getByText("in use at once").waitFor();
}

test("a price is changed with 4 clicks and answered by the assistant", async () => {
  await setService("Myofascial release", "from $110");
  let clicks = 0;
  const click = async (target) => { clicks += 1; await target.click(); };
  await team.open("/desk/review", "Review");
  await click(desk.getByRole("link", { name: "Settings" }));
  await team.shows("Settings");
  await isFineEverywhere("settings");
  await click(desk.getByRole("link", { name: "Services and prices" }));
  await click(desk.getByLabel("Price").first());
  await desk.keyboard.press("Control+A");
  await desk.keyboard.type("from $137");
  await desk.locator("#look", { hasText: "from $137" }).waitFor();
  await isFineEverywhere("services");
  await click(desk.getByRole("button", { name: "Save" }));
  await desk.getByText("in use at once").waitFor();
  assert.equal(clicks, 4);
  await chat.openChat();
  await chat.say("how much is a session?");
  await chat.page.getByText("from $137").first().waitFor();
});

test("a mistake is named while it is typed, and nothing is saved", async () => {
  await team.open("/desk/settings/hours", "Opening hours");
  await desk.getByLabel("Monday").fill("9-5");
  await desk.locator("#look", { hasText: "leaves open which half" }).waitFor();
  await desk.getByRole("button", { name: "Save" }).click();
  await desk.getByRole("alert").getByText("Not saved").waitFor();
  await isFineEverywhere("mistake");
});

test("one click takes the change back", async () => {
  await team.open("/desk/settings", "Settings");
  await desk.getByRole("button", { name: "Take back" }).click();
  await desk.getByText("as they were before").waitFor();
  assert.equal(await desk.getByText("from $137").count(), 0);
  await desk.getByText("from $110").first().waitFor();
  await setService("", "");
});

test("a question is taught: invented numbers and health claims ask who answers for them", async () => {
  await team.open("/desk/teach", "Teach");
  await isFineEverywhere("teach");
  await desk.getByRole("link", { name: "Add a question" }).first().click();
  await desk.getByLabel("The question").fill("Do you have a rack for bikes?");
  await desk.getByLabel("The answer").fill("Yes, for 40 bikes. Cycling treats sciatica.");
  await desk.getByLabel("Other ways to ask it").fill("bike rack?\nwhere can i lock my bicycle\nspace for bikes\nany stand for cycles\ncycling there, where to put it");
  await desk.locator("#look").getByText("“40 bikes” is neither").or(desk.locator("#look").getByText("“40” is neither")).waitFor();
  await isFineEverywhere("question");
  await desk.getByRole("button", { name: "Save" }).click();
  await desk.getByRole("group", { name: "Who answers for this?" }).waitFor();
  assert.equal(await desk.getByRole("heading", { name: "Teach", exact: true }).count(), 0);
  await desk.getByLabel("The answer").fill("Yes, behind the house.");
  await desk.getByRole("button", { name: "Save" }).click();
  await desk.getByText("Visitors get it once you publish").waitFor();
  await isFineEverywhere("draft");
});

test("the other pages of an owner read well everywhere", async () => {
  for (const [path, heading, name] of [
    ["/desk/start", "First steps", "start"],
    ["/desk/settings/widget?heading=Ask%20us&accent=%23123456", "The chat on your site", "widget"],
    ["/desk/settings/mail", "Mail", "mail"],
    ["/desk/settings/channels", "Channels", "channels"],
    ["/desk/settings/accounts", "Accounts", "accounts"],
    ["/desk/account", "Your account", "account"],
    ["/desk/figures", "Figures", "figures"],
  ]) {
    await team.open(path, heading);
    await isFineEverywhere(name);
  }
});

test("the look of the chat is shown at once, and the line follows", async () => {
  await team.open("/desk/settings/widget", "The chat on your site");
  await desk.getByLabel("Corner").selectOption("left");
  await desk.getByLabel("Title of the chat").fill("Ask us");
  await desk.locator("#preview .bar", { hasText: "Ask us" }).waitFor();
  assert.equal(await desk.locator("#preview").getAttribute("data-position"), "left");
  await desk.getByRole("button", { name: "Make the line" }).click();
  await desk.waitForURL(/position=left/);
  assert.match(await desk.getByLabel("Before the closing body tag").inputValue(), /data-heading="Ask us" data-position="left"/);
});
