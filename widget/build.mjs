// Builds the two files of the chat: widget.js, which a page loads, and what that loads once the chat is opened. `--check` builds in
// memory and compares with the committed files.
//
// Exit codes: 0 well, 1 a file is too big or, with --check, stale.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { minify } from "terser";

// gzip -9: what a visitor downloads
const MOST_AT_FIRST = 16_000;
const MOST_IN_ALL = 26_000;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const minifiedCss = {
  name: "minified-css",
  setup(plugins) {
    plugins.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, target: "es2022" });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

// A template's indentation would be downloaded; in HTML it means no more than the line break, which stays.
const withoutIndentation = {
  name: "without-indentation",
  setup(plugins) {
    plugins.onLoad({ filter: /src\/.*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace(/\n[ \t]+/g, "\n"),
      loader: "ts",
    }));
  },
};

// The second file draws with what the first one brought.
const litOfTheFirst = {
  name: "lit-of-the-first",
  setup(plugins) {
    plugins.onResolve({ filter: /^lit\/html\.js$/ }, () => ({ path: here("src/later/lit.ts") }));
  },
};

const notice = "/* La Moon chat, Apache-2.0; lit-html, (c) Google LLC, BSD-3-Clause: static/lit-LICENSE.txt */";
const later = await bundle("src/later/index.ts", { format: "esm", plugins: [litOfTheFirst] });
// Its name changes with its content, and a browser can keep it for good; lamoon/web/site.py serves it by the same name.
const version = createHash("sha256").update(later).digest("hex").slice(0, 12);
const first = await bundle("src/index.ts", { format: "iife", define: { LATER: JSON.stringify(`widget-later.${version}.js`) } });
const files = { "widget.js": first, "widget-later.js": later };

const sizes = Object.entries(files).map(([name, content]) => {
  const bytes = gzipSync(content, { level: 9 }).length;
  console.log(`${name}: ${content.length} bytes, ${bytes} with gzip`);
  return bytes;
});
const inAll = sizes.reduce((sum, bytes) => sum + bytes);
if (sizes[0] > MOST_AT_FIRST) fail(`widget.js is too big: ${sizes[0]} bytes with gzip, expected at most ${MOST_AT_FIRST}.`);
if (inAll > MOST_IN_ALL) fail(`The chat is too big: ${inAll} bytes with gzip, expected at most ${MOST_IN_ALL}.`);
for (const [name, content] of Object.entries(files)) {
  const target = here(`../lamoon/web/static/${name}`);
  if (!process.argv.includes("--check")) await writeFile(target, content);
  else if (!content.equals(await readFile(target).catch(() => new Uint8Array()))) {
    fail(`lamoon/web/static/${name} is not what widget/src builds. Run: npm run build --prefix widget`);
  }
}

async function bundle(entry, { format, define = {}, plugins = [] }) {
  const { outputFiles } = await build({
    absWorkingDir: here("."),
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format,
    define,
    target: ["chrome123", "firefox125", "safari17.5"],
    legalComments: "none",
    plugins: [...plugins, minifiedCss, withoutIndentation],
    write: false,
  });
  const { code } = await minify(outputFiles[0].text, { ecma: 2020, compress: { passes: 3 }, module: format === "esm" });
  return Buffer.from(`${notice}\n${code}\n`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
