import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { transform } from "esbuild";

const { code } = await transform(await readFile(new URL("../src/outbox.ts", import.meta.url), "utf8"), { loader: "ts" });
const { Outbox } = await import(`data:text/javascript,${encodeURIComponent(code)}`);

class Memory extends Map {
  keys(start) {
    return [...super.keys()].filter((name) => name.startsWith(start)).sort();
  }
}

const CLOCKS = {
  "set back an hour": [10, 9, 8],
  "set back by years and forward again": [30_000, 1, 40_000],
  "stopped": [5, 5, 5],
  "around the turn of the year 10000": [2_932_896, 2_932_897, 2_932_896],
};

for (const [name, days] of Object.entries(CLOCKS)) {
  test(`messages go out in the order in which they were written with a clock ${name}`, (context) => {
    context.mock.timers.enable({ apis: ["Date"] });
    const outbox = new Outbox(new Memory());
    const words = days.map((day, number) => {
      context.mock.timers.setTime(day * 86_400_000);
      return outbox.add(`message ${number}`).text;
    });
    assert.deepEqual(outbox.list().map(({ text }) => text), words);
  });
}

test("tabs that share a memory go on counting where the other one was, and remove what they sent", () => {
  const memory = new Memory();
  const [one, other] = [new Outbox(memory), new Outbox(memory)];
  const sent = one.add("a");
  other.add("b");
  one.add("c");
  other.remove(sent);
  other.add("d");
  assert.deepEqual(one.list().map(({ text }) => text), ["b", "c", "d"]);
});
