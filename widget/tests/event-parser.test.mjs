import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { transform } from "esbuild";

const { code } = await transform(await readFile(new URL("../src/event-parser.ts", import.meta.url), "utf8"), { loader: "ts" });
const { eventParser } = await import(`data:text/javascript,${encodeURIComponent(code)}`);

const STREAM = ': welcome\nretry: 2000\n\nevent: status\ndata: {"mode":"bot"}\n\n: ping\n\nid: 7\nevent: message\ndata: {"a: b":"ü"}\n\n';
const EVENTS = [
  { event: "status", data: '{"mode":"bot"}' },
  { event: "message", data: '{"a: b":"ü"}' },
];

for (const [name, stream] of Object.entries({ "\\n": STREAM, "\\r\\n": STREAM.replaceAll("\n", "\r\n") })) {
  test(`events come out whole wherever the stream is cut (lines end with ${name})`, () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      const heard = [];
      const feed = eventParser((event) => heard.push(event));
      feed(stream.slice(0, cut));
      feed(stream.slice(cut));
      assert.deepEqual(heard, EVENTS, `cut at ${cut}`);
    }
  });
}

test("an event that is cut off by the end of a connection is not handed on", () => {
  const heard = [];
  eventParser((event) => heard.push(event))("event: message\ndata: {}");
  assert.deepEqual(heard, []);
});
