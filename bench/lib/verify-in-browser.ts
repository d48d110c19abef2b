import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fingerprintOf } from "@gatehouse/ledger";
import { EXPORT_FILES, VERIFIER_FOLDER } from "@gatehouse/verifier";
import { zipSync } from "fflate";
import { chromium } from "playwright-core";
import { rootSigner } from "../../packages/ledger/src/testing/parties.ts";
import { TestLog } from "../../packages/ledger/src/testing/test-log.ts";

/** How long `verify.html` takes in Chromium from the choice of an export's file to its verdict. Fails on a bad verdict. */
export async function verifyInBrowser(entries: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "gatehouse-bench-verify-"));
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    const files = TestLog.of(entries).exportRange(0, entries);
    const named = Object.entries(EXPORT_FILES).flatMap(([part, file]) => {
      const bytes = files[part as keyof typeof files];
      return bytes === undefined ? [] : [[file, bytes] as const];
    });
    const path = join(folder, "export.zip");
    await writeFile(path, zipSync(Object.fromEntries(named), { level: 1 }));
    const page = await browser.newPage();
    await page.goto(pathToFileURL(join(VERIFIER_FOLDER, "verify.html")).href);
    await page.fill("#fingerprint", fingerprintOf(rootSigner.key.publicKey));
    const beforeMs = performance.now();
    await page.setInputFiles("#file", path);
    const verdict = page.locator("#verdict", { hasText: "Genuine" });
    await verdict.waitFor({ timeout: 120_000 });
    return performance.now() - beforeMs;
  } finally {
    await browser.close();
    await rm(folder, { recursive: true });
  }
}
