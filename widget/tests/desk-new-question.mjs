// A new question with its answer, from the inbox to the visitor: how many clicks and, with PUBLISH, how many seconds. The other
// variables are those of desk-owner.mjs. Run by tests/widget/test_desk_new_question.py.
import { test } from "node:test";
import { Talk, signedIn } from "./desk-harness.mjs";
import { assert } from "./harness.mjs";

const MOST_CLICKS = 12;
const MOST_SECONDS = Number(process.env.MOST_SECONDS ?? 180);
const WAYS = "bike rack?\nwhere can i lock my bicycle\nspace for bikes\nany stand for cycles\ncycling there, where to put it";

const team = await signedIn();
const desk = team.page;

test("a new question with its answer is live with few clicks", async () => {
  let clicks = 0;
  const click = async (target) => { clicks += 1; await target.click(); };
  const type = async (label, text) => { await click(desk.getByLabel(label)); await desk.keyboard.insertText(text); };
  const began = Date.now();
  await click(desk.getByRole("link", { name: "Teach" }));
  await click(desk.getByRole("link", { name: "Add a question" }).first());
  await type("The question", "Do you have a rack for bikes?");
  await type("The answer", "Yes, behind the house.");
  await type("Other ways to ask it", WAYS);
  await click(desk.getByRole("button", { name: "Save", exact: true }));
  await desk.getByText("Visitors get it once you publish").waitFor();
  const prepare = desk.getByRole("button", { name: "Prepare and check" });
  if (!process.env.PUBLISH) {
    assert.ok(await prepare.isVisible());
    assert.ok(clicks + 2 <= MOST_CLICKS, `${clicks} clicks, then "Prepare and check" and "Publish now"`);
    return;
  }
  await click(prepare);
  await desk.getByRole("button", { name: "Publish now" }).waitFor({ timeout: MOST_SECONDS * 1000 });
  await click(desk.getByRole("button", { name: "Publish now" }));
  await desk.getByRole("button", { name: "Back to the version before" }).waitFor({ timeout: MOST_SECONDS * 1000 });
  const talk = await Talk.begin(new URL(desk.url()).origin);
  assert.match(JSON.stringify(await talk.say("is there a rack for bikes")), /behind the house/);
  const seconds = (Date.now() - began) / 1000;
  console.log(`${clicks} clicks, ${seconds.toFixed(0)} s`);
  assert.ok(clicks <= MOST_CLICKS);
  assert.ok(seconds <= MOST_SECONDS, `${seconds} s`);
  const back = Date.now();
  await desk.getByRole("button", { name: "Back to the version before" }).click();
  await desk.getByText("The version before answers again").waitFor();
  console.log(`back in ${((Date.now() - back) / 1000).toFixed(1)} s`);
  assert.ok(Date.now() - back <= 10_000);
});
