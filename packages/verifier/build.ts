// Builds verify.html and verify.mjs, the verifiers that travel with every export: the same bytes for everybody. Also
// the worker that keeps the page where it is served.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const HERE = dirname(fileURLToPath(import.meta.url));
const DIST = join(HERE, "dist");
const source = (name: string): string => readFileSync(join(HERE, "src", name), "utf8");

/** One script with everything it needs in it. */
async function bundle(entry: string, forNode: boolean): Promise<string> {
  const result = await build({
    configFile: false,
    root: HERE,
    logLevel: "error",
    build: {
      write: false,
      target: forNode ? "node18" : ["chrome111", "firefox114", "safari16.4"],
      ssr: forNode,
      rolldownOptions: {
        input: join(HERE, "src", entry),
        treeshake: { moduleSideEffects: false },
        output: { format: "es", codeSplitting: false, minify: !forNode },
      },
    },
    ...(forNode ? { ssr: { noExternal: true as const } } : {}),
  });
  const outputs = [result].flat().flatMap((one) => ("output" in one ? one.output : []));
  const chunks = outputs.filter((output) => output.type === "chunk");
  const [chunk, ...others] = chunks;
  if (chunk === undefined || others.length > 0) throw new Error(`${entry} did not become one file`);
  return chunk.code;
}

const sha256 = (text: string, encoding: "base64" | "hex"): string =>
  createHash("sha256").update(text).digest(encoding);

/** The console's typefaces, so that the page looks like what it belongs to also where there is no network. */
const FONTS = {
  "Atkinson Hyperlegible Next Variable": "next",
  "Atkinson Hyperlegible Mono Variable": "mono",
};

function fontFace([family, name]: [string, string]): string {
  const file = `@fontsource-variable/atkinson-hyperlegible-${name}/files/atkinson-hyperlegible-${name}-latin-wght-normal.woff2`;
  const bytes = readFileSync(createRequire(import.meta.url).resolve(file)).toString("base64");
  return `@font-face{font-family:"${family}";font-weight:200 800;src:url(data:font/woff2;base64,${bytes}) format("woff2")}`;
}

/** The policy lets the page ask nobody but the installation that serves it, and from disk nobody at all. */
function pageOf(script: string): string {
  const style = Object.entries(FONTS).map(fontFace).join("\n") + source("page/page.css");
  const inline = script.replaceAll("</script", "<\\/script");
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${sha256(inline, "base64")}'`,
    `style-src 'sha256-${sha256(style, "base64")}'`,
    "font-src data:",
    "img-src data: blob:",
    "media-src blob:",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return source("page/page.html")
    .replace("__POLICY__", () => policy)
    .replace("<!-- style -->", () => `<style>${style}</style>`)
    .replace("<!-- script -->", () => `<script type="module">${inline}</script>`);
}

mkdirSync(DIST, { recursive: true });
const files = {
  "verify.html": pageOf(await bundle("page/page.ts", false)),
  "verify.mjs": await bundle("verify-mjs.ts", true),
  "verify-worker.js": await bundle("page/worker.ts", false),
};
for (const [name, text] of Object.entries(files)) {
  writeFileSync(join(DIST, name), text);
  console.log(`${sha256(text, "hex")}  ${name}`);
}
