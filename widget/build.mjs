// Builds the one file that a page loads. `--check` builds in memory and compares with the committed file.
//
// Exit codes: 0 well, 1 the file is too big or, with --check, stale.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { minify } from "terser";

const MOST_BYTES = 16_000; // gzip -9: what a visitor downloads
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = here("../lamoon/web/static/widget.js");

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

const { outputFiles } = await build({
  absWorkingDir: here("."),
  entryPoints: ["src/index.ts"],
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome123", "firefox125", "safari17.5"],
  legalComments: "none",
  plugins: [minifiedCss, withoutIndentation],
  write: false,
});
const { code } = await minify(outputFiles[0].text, { ecma: 2020, compress: { passes: 3 } });
const notice = "/* La Moon chat, Apache-2.0; lit-html, (c) Google LLC, BSD-3-Clause: static/lit-LICENSE.txt */";
const built = Buffer.from(`${notice}\n${code}\n`);
const bytes = gzipSync(built, { level: 9 }).length;
console.log(`widget.js: ${built.length} bytes, ${bytes} with gzip (at most ${MOST_BYTES})`);
if (bytes > MOST_BYTES) fail(`widget.js is too big: ${bytes} bytes with gzip, expected at most ${MOST_BYTES}.`);
if (process.argv.includes("--check")) {
  const committed = await readFile(target).catch(() => new Uint8Array());
  if (!built.equals(committed)) {
    fail("lamoon/web/static/widget.js is not what widget/src builds. Run: npm run build --prefix widget");
  }
} else {
  await writeFile(target, built);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
