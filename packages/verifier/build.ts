// Builds verify.html and verify.mjs, the verifiers that travel with every export: the same bytes for everybody.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
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

function pageOf(script: string): string {
  const style = source("page/page.css");
  const inline = script.replaceAll("</script", "<\\/script");
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${sha256(inline, "base64")}'`,
    `style-src 'sha256-${sha256(style, "base64")}'`,
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
};
for (const [name, text] of Object.entries(files)) {
  writeFileSync(join(DIST, name), text);
  console.log(`${sha256(text, "hex")}  ${name}`);
}
