// Every page of the desk, as tests/widget/test_desk_pages.py takes them from the route table (PAGES, addresses by name): each
// fits, and axe finds nothing. With PICTURES, a folder, pictures are taken.
import { test } from "node:test";
import { PHONE, arrived } from "./desk-harness.mjs";
import { assert } from "./harness.mjs";

const pages = JSON.parse(process.env.PAGES);

const team = await arrived();
await team.isAccessible("signing in");
await team.signIn();
const desk = team.page;

for (const [name, path] of Object.entries(pages)) {
  test(`${name} fits and reads well`, async () => {
    await desk.goto(new URL(path, desk.url()).href);
    assert.equal(await desk.locator("h1").count(), 1, "one heading of the first level");
    await team.isAccessible(name);
    // Names that browsers do not take: axe leaves those for a person to look at.
    assert.equal(await desk.locator(":is(p, span, div, pre, code, dd):is([aria-label], [aria-labelledby]):not([role])").count(), 0);
    await team.picture(`page-${name}`);
    if (process.env.PICTURES) {
      await desk.setViewportSize(PHONE);
      await team.picture(`page-${name}-phone`);
    }
  });
}
