// Builds src/ into festival/static/dist, byte for byte the same on every machine; with --check only compares.

import { build } from "esbuild";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";

const DIST = new URL("../festival/static/dist/", import.meta.url);
const MODULES = new URL("./node_modules/", import.meta.url);
const BUNDLED = ["zxing-wasm", "idb", "@noble/ed25519"];

/** @returns {Promise<Map<string, Buffer>>} what dist holds, by name */
async function make() {
  const { outputFiles } = await build({
    entryPoints: ["gate", "reader", "sw"].map((name) => `src/${name}.js`),
    outdir: "dist",
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    write: false,
  });
  const files = new Map(outputFiles.map((file) => [file.path.split(/[\\/]/).pop() ?? "", Buffer.from(file.contents)]));
  files.set("zxing_reader.wasm", await readFile(new URL("zxing-wasm/dist/reader/zxing_reader.wasm", MODULES)));
  const licences = BUNDLED.map(async (name) => `${name}\n\n${await readFile(new URL(`${name}/LICENSE`, MODULES), "utf8")}`);
  files.set("LICENSES.txt", Buffer.from((await Promise.all(licences)).join(`\n${"-".repeat(80)}\n\n`)));
  return files;
}

const files = await make();
const present = await readdir(DIST).catch(() => []);
if (process.argv.includes("--check")) {
  const names = new Set([...files.keys(), ...present]);
  const differs = async (/** @type {string} */ name) =>
    !files.get(name)?.equals(await readFile(new URL(name, DIST)).catch(() => Buffer.alloc(0)));
  const wrong = (await Promise.all([...names].map(async (name) => ((await differs(name)) ? name : "")))).filter(Boolean);
  if (wrong.length) {
    console.error(`festival/static/dist is not what frontend/ gives: ${wrong.join(", ")}. Run make frontend.`);
    process.exit(1);
  }
} else {
  await rm(DIST, { recursive: true, force: true });
  await mkdir(DIST, { recursive: true });
  for (const [name, content] of files) await writeFile(new URL(name, DIST), content);
}
