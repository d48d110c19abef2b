import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../lib/browser.ts";

const PACKAGE = fileURLToPath(new URL("../../packages/secure-channel/", import.meta.url));

const PAGE = `<!doctype html><title>channel</title>
<script type="module">import * as channel from "/browser.js"; globalThis.channel = channel;</script>`;

interface Vectors {
  suite: number;
  bundles: Record<string, { keyId: string; agreementPublic: string; signingPublic: string }>;
  cases: { name: string; sender: string; payload: string; envelope: string; signature: string }[];
}

const vectorsOf = (name: string): Vectors =>
  JSON.parse(readFileSync(`${PACKAGE}vectors/sealed-${name}.json`, "utf8")) as Vectors;

let browser: Browser;
let page: Page;
let close: () => void;

beforeAll(async () => {
  const built = await build({
    configFile: false,
    root: PACKAGE,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      lib: { entry: `${PACKAGE}src/browser.ts`, formats: ["es"], fileName: "browser" },
    },
  });
  const outputs = [built].flat().flatMap((one) => ("output" in one ? one.output : []));
  const code = outputs.flatMap((output) => (output.type === "chunk" ? [output.code] : [])).join("\n");
  const server = createServer((request, response) => {
    const isCode = request.url === "/browser.js";
    response.setHeader("content-type", isCode ? "text/javascript" : "text/html");
    response.end(isCode ? code : PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  close = () => server.close();
  browser = await openBrowser();
  page = await browser.newPage();
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
});
afterAll(async () => {
  await browser?.close();
  close?.();
});

/** In the page: for each case whether its signature holds, and whether it still does with one bit flipped. */
async function verifyInPage(vectors: Vectors): Promise<[name: string, asItIs: boolean, altered: boolean][]> {
  return page.evaluate(async ({ suite, bundles, cases }) => {
    const channel = Reflect.get(globalThis, "channel");
    const hex = (text: string) =>
      Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
    const verdicts: [string, boolean, boolean][] = [];
    for (const { name, sender, payload, envelope, signature } of cases) {
      const keys = Object.values(bundles).find(({ keyId }) => keyId === sender);
      const header = envelope.slice(0, 96);
      if (keys === undefined || channel.parseSealedHeader(hex(header)).forwarded) continue;
      const verifying = await channel.importVerifyingBundle(
        suite,
        hex(keys.agreementPublic),
        hex(keys.signingPublic),
      );
      const part = channel.parseForwarded(hex(header + signature + payload));
      const flipped = Uint8Array.from(part.signature as Uint8Array);
      flipped[0] = (flipped[0] as number) ^ 1;
      verdicts.push([
        name,
        await channel.isSignedBy(part, verifying),
        await channel.isSignedBy({ ...part, signature: flipped }, verifying),
      ]);
    }
    return verdicts;
  }, vectors);
}

test.each(["m1", "c1"])(
  "Chromium verifies what devices of suite %s signed, and nothing altered",
  async (name) => {
    const verdicts = await verifyInPage(vectorsOf(name));
    expect(verdicts.length).toBeGreaterThan(3);
    for (const [what, asItIs, altered] of verdicts)
      expect([what, asItIs, altered]).toEqual([what, true, false]);
  },
);
