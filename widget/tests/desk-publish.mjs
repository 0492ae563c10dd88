// What the page for teaching shows of a publication, in real Chromium. STATE is the state that the test put into the
// database; the other variables are those of desk-owner.mjs. Run by tests/widget/test_desk_owner.py.
import { test } from "node:test";
import { signedIn } from "./desk-harness.mjs";
import { Tab, assert } from "./harness.mjs";

const SHOWN = { working: "Your changes are being prepared", ready: "Ready to publish", failed: "Not published" };
const SIZES = [[1280, 800], [390, 844], [320, 256]];

const team = await signedIn();

test("the state of a publication reads well everywhere", async () => {
  await team.open("/desk/teach", "Teach");
  await team.page.getByRole("heading", { name: SHOWN[process.env.STATE] }).waitFor();
  for (const colorScheme of ["light", "dark"]) {
    await team.page.emulateMedia({ colorScheme });
    for (const [width, height] of SIZES) {
      await team.page.setViewportSize({ width, height });
      const over = await team.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 0, `scrolls sideways by ${over} px at ${width}`);
      const rule = colorScheme === "dark" ? "color-contrast" : ""; // all else is the same in other colours
      assert.deepEqual(await new Tab(team.page).accessibilityProblems("html", rule), []);
      await team.picture(`publish-${process.env.STATE}-${width}-${colorScheme}`);
    }
  }
});
