// node web/build.mjs OUT STAMP: bundles, purged style, icon sprite, font, notices and the manifest, by tools/assets.py.
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { PurgeCSS } from "purgecss";

const [out, stamp] = process.argv.slice(2);
const PAGES = "src/leeway/server/pages";
const BROWSERS = ["chrome123", "firefox120", "safari17.5"]; // the first with light-dark()
const WORKING = "node_modules/.leeway-work";
const ICONS = "node_modules/bootstrap-icons";

// Tabler as its package ships it has no licence file; its package.json says MIT.
const SAID_ELSEWHERE = { "@tabler/core": "Licensed under the MIT licence by The Tabler Authors (package.json)." };

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 10);

async function files(folder, ending) {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .sort();
}

/** Tabler without what no template and no script names. Only Tabler is purged: uPlot makes its classes in the browser. */
async function purgedTabler(content) {
  const [{ css }] = await new PurgeCSS().purge({
    content,
    css: ["node_modules/@tabler/core/dist/css/tabler.css"],
    variables: true,
    keyframes: true,
    fontFace: true,
    safelist: { standard: ["html", "body"], variables: [/^--tblr-(bg|body|border|font|gray|primary|secondary)/] },
  });
  await mkdir(WORKING, { recursive: true });
  const file = join(WORKING, "tabler.css");
  await writeFile(file, css);
  return file;
}

/** Every icon that a template or a script names, as one SVG of symbols. */
async function sprite(sources) {
  const names = new Set();
  for (const file of sources) {
    const text = await readFile(file, "utf8");
    for (const [, name] of text.matchAll(/icon\("([a-z0-9-]+)"/g)) names.add(name);
    for (const [, name] of text.matchAll(/Place\([^()]*"([a-z0-9-]+)"\)/g)) names.add(name);
  }
  const symbols = await Promise.all(
    [...names].sort().map(async (name) => {
      const drawn = await readFile(`${ICONS}/icons/${name}.svg`, "utf8").catch(() => {
        throw new Error(`no icon is called ${name}`);
      });
      const inside = drawn.replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "").trim();
      return `<symbol id="${name}" viewBox="0 0 16 16">${inside}</symbol>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

/** The name of a package and the folder it lies in, from the path of one of its files. */
function packageOf(path) {
  const parts = path.split("node_modules/").at(-1).split("/");
  return parts[0].startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
}

async function notice(name) {
  const folder = `node_modules/${name}`;
  const { version, license } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  const file = (await readdir(folder)).sort().find((each) => /^(licen[cs]e|copying)/i.test(each));
  const text = file ? await readFile(`${folder}/${file}`, "utf8") : SAID_ELSEWHERE[name];
  if (!text) throw new Error(`${name} says nowhere under which licence it may be used`);
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}

const templates = await files(`${PAGES}/templates`, ".html");
const python = await files(PAGES, ".py");
const scripts = await files("web", ".ts");
const sources = [...templates, ...python, ...scripts];
const tabler = await purgedTabler(sources);

const entries = [...scripts.filter((file) => /^web\/[a-z]+\.ts$/.test(file)), "web/style/main.css"];
const { metafile } = await esbuild.build({
  entryPoints: entries,
  outdir: out,
  alias: { "tabler-used": `./${tabler}` },
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  target: BROWSERS,
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file" },
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});

const made = {};
const used = new Set(["@tabler/core", "bootstrap-icons"]);
for (const [file, output] of Object.entries(metafile.outputs)) {
  if (output.entryPoint) made[basename(output.entryPoint)] = basename(file);
  for (const input of Object.keys(output.inputs))
    if (input.includes("node_modules/") && !input.includes(".leeway-work/")) used.add(packageOf(input));
}
const icons = await sprite(sources);
made["icons.svg"] = `icons-${hash(icons)}.svg`;
await writeFile(join(out, made["icons.svg"]), icons);
const notices = await Promise.all([...used].sort().map(notice));
await writeFile(join(out, "THIRD-PARTY-NOTICES.txt"), notices.join(`\n${"=".repeat(80)}\n\n`));
for (const name of await readdir(out)) {
  if (!/\.(js|css|svg)$/.test(name)) continue;
  const bytes = await readFile(join(out, name));
  await writeFile(join(out, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  await writeFile(
    join(out, `${name}.br`),
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  );
}
await writeFile(join(out, "manifest.json"), `${JSON.stringify({ stamp, files: made }, null, 1)}\n`);
