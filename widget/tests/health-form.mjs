// The health form in real Chromium, on a phone of 320 px, without a script; and at the desk, where it is read and printed.
// FORM is its address, REQUEST its request's. DESK_NAME and DESK_PASSWORD sign in; with PICTURES, a folder, pictures are
// taken. Run by tests/widget/test_health_form_browser.py.
import { after, before, test } from "node:test";
import { Colleague } from "./desk-harness.mjs";
import { Tab, Visitor, address, assert, launch } from "./harness.mjs";

const { FORM, REQUEST } = process.env;
const SMALL = { width: 320, height: 640 };

let browser, looking, client, page, team;
before(async () => {
  browser = await launch();
  client = await Visitor.arrive(browser, { viewport: SMALL, javaScriptEnabled: false });
  page = (await client.open(FORM)).page;
  looking = await Visitor.arrive(browser, { viewport: SMALL, reducedMotion: "reduce" });
  team = await Colleague.arrive(browser);
});
after(async () => {
  await browser.close();
  assert.deepEqual([...looking.violations, ...team.violations], [], "no error, no violation of CSP or Trusted Types");
});

/** The page fits 320 px and a desktop, and axe finds nothing, light and dark. */
async function isAccessible(shown) {
  for (const width of [SMALL.width, 1200]) {
    await shown.setViewportSize({ width, height: SMALL.height });
    const wide = await shown.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `the page scrolls sideways by ${wide}px at ${width}px`);
    for (const colorScheme of ["dark", "light"]) {
      await shown.emulateMedia({ colorScheme });
      assert.deepEqual(await new Tab(shown).accessibilityProblems(), []);
    }
  }
  await shown.setViewportSize(SMALL);
}

test("the page is for everybody, and asks no other machine for anything", async () => {
  const context = looking.context;
  const asked = [];
  context.on("request", (request) => asked.push([request.url(), request.headers().referer ?? ""]));
  const shown = (await looking.open(FORM)).page;
  await isAccessible(shown);
  if (process.env.PICTURES) await shown.screenshot({ path: `${process.env.PICTURES}/health-form.png`, fullPage: true });
  assert.ok(asked.every(([url]) => url.startsWith(address)), "only the gateway is asked");
  assert.ok(asked.every(([, referer]) => !referer.includes("health-form")), "the link is in no referrer");
  assert.deepEqual(await context.cookies(), []);
});

test("every control has a target of 24 px and a visible focus", async () => {
  const shown = (await looking.open(FORM)).page;
  const small = await shown.locator("label.choice, input:not([type]), textarea, button").evaluateAll((all) =>
    all.filter((one) => one.getBoundingClientRect().height < 24).map((one) => one.outerHTML));
  assert.deepEqual(small, []);
  await shown.keyboard.press("Tab");
  assert.notEqual(await shown.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none");
});

test("mistakes are listed, lead to their fields, and nothing typed is lost", async () => {
  await page.getByLabel("Medicines").fill("warfarin, one a day");
  await page.getByRole("button", { name: "Send the form" }).click();
  const alert = page.getByRole("alert");
  await alert.getByText("tick what applies").waitFor();
  assert.equal(await page.getByLabel("Medicines").inputValue(), "warfarin, one a day");
  await alert.getByRole("link", { name: /type your|typing your/i }).click();
  assert.match(page.url(), /#signature$/);
  const shown = (await looking.open(FORM)).page;
  await shown.getByRole("button", { name: "Send the form" }).click();
  await shown.getByRole("alert").first().waitFor();
  await isAccessible(shown);
});

test("an emergency is answered at once, above all, without a script", async () => {
  await page.getByLabel("in your own words").fill("I have crushing chest pain and can't breathe right now");
  await page.getByRole("button", { name: "Send the form" }).click();
  const first = page.getByRole("alert").first();
  await first.getByText("911").first().waitFor();
  const { y } = await first.boundingBox();
  assert.ok(y < 100, "it is the first thing on the page");
});

test("the form is sent from a phone without a script", async () => {
  await page.getByLabel("in your own words").fill("I broke my wrist two weeks ago");
  await page.getByLabel("Diabetes").check();
  await page.getByLabel("Rather firm").check();
  await page.getByLabel("18 or older").check();
  await page.getByLabel("I agree that").check();
  await page.getByLabel("type your full name").fill("Rose Hill");
  await page.getByRole("button", { name: "Send the form" }).click();
  await page.getByRole("heading", { name: "Thank you" }).waitFor();
  await page.getByText("A therapist will look at it").waitFor();
});

test("the team reads and prints it", async () => {
  await team.signIn();
  await team.open(`/desk/inbox/requests/${REQUEST}`, "Rose Hill");
  await team.page.getByText("Filled in on").waitFor();
  await team.page.getByRole("button", { name: "Copy the link" }).waitFor();
  await team.isAccessible();
  await team.page.getByRole("link", { name: "Read and print" }).click();
  await team.page.getByRole("button", { name: "Print" }).waitFor();
  for (const words of ["Diabetes", "A recent fracture (found in the client's words), holds the booking", "Blood thinners (found", "warfarin, one a day"]) {
    await team.page.getByText(words).first().waitFor();
  }
  await team.isAccessible();
  await team.picture("desk-health-form");
  await team.page.emulateMedia({ media: "print" });
  for (const hidden of ["Sign out", "Back to the request"]) assert.equal(await team.page.getByText(hidden).isVisible(), false);
  assert.equal(await team.page.getByText("Signed as").isVisible(), true);
});
