import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type EvidenceFiles, fingerprintOf } from "@gatehouse/ledger";
import { EXPORT_FILES, VERIFIER_FOLDER } from "@gatehouse/verifier";
import { zipSync } from "fflate";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { rootSigner } from "../../packages/ledger/src/testing/parties.ts";
import { TestLog } from "../../packages/ledger/src/testing/test-log.ts";
import { caseFiles, lockedWith } from "../../packages/verifier/src/testing/cases.ts";
import { openBrowser } from "../lib/browser.ts";
import { type Files, MANIPULATIONS, manipulated } from "../lib/manipulations.ts";

const EVENTS = 100_000;

const folder = mkdtempSync(join(tmpdir(), "verify page "));
const fingerprint = fingerprintOf(rootSigner.key.publicKey);
let browser: Browser;
let page: Page;
const requested: string[] = [];
const violations: string[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  page = await browser.newPage();
  page.on("request", (request) => requested.push(request.url()));
  page.on("console", (message) => message.type() === "error" && violations.push(message.text()));
  page.on("pageerror", (error) => violations.push(error.message));
  await page.goto(pathToFileURL(join(VERIFIER_FOLDER, "verify.html")).href);
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

function zipped(name: string, files: EvidenceFiles): string {
  const path = join(folder, name);
  const named = Object.entries(EXPORT_FILES).map(([part, file]) => [
    file,
    files[part as keyof EvidenceFiles],
  ]);
  const present = Object.fromEntries(named.filter(([, bytes]) => bytes !== undefined));
  writeFileSync(path, zipSync(present, { level: 1 }));
  return path;
}
async function drop(path: string, pin = ""): Promise<string> {
  await page.fill("#fingerprint", pin);
  await page.setInputFiles("#file", []);
  await page.setInputFiles("#file", path);
  const verdict = page.locator("#verdict:not(:text('Verifying …'))");
  await verdict.waitFor({ timeout: 120_000 });
  return (await verdict.textContent()) ?? "";
}

const small = TestLog.of(60).exportRange(10, 40);

it("opened from disk, says what is proven, and asks the network nothing", async () => {
  const good = zipped("good.zip", small);
  expect(await drop(good)).toContain("NOT PINNED");
  expect(await page.textContent("#found")).toBe(fingerprint);
  expect(await drop(good, fingerprint)).toContain("Genuine");
  expect(requested.filter((url) => !url.startsWith("file:"))).toEqual([]);
  expect(violations).toEqual([]);
});

it("names the index of an event that was changed", async () => {
  const text = new TextDecoder().decode(small.events).replace('"attempt":3', '"attempt":2');
  const verdict = await drop(zipped("changed.zip", { ...small, events: new TextEncoder().encode(text) }));
  expect(verdict).toContain("NOT GENUINE");
  expect(await page.locator("#problems tbody tr").allTextContents()).toEqual(["112This event was changed."]);
});

function zippedFiles(name: string, files: Files): string {
  const path = join(folder, name);
  writeFileSync(path, zipSync(files, { level: 0 }));
  return path;
}
const bundle = caseFiles();

it("shows what is proven of a bundle's clips, and says what of it nobody proves", async () => {
  expect(await drop(zippedFiles("bundle.zip", bundle), fingerprint)).toContain("Genuine");
  const said = await page.textContent("#statements");
  expect(said).toContain("Bundle of 2 clips");
  expect(said).toContain("NOT PROVEN, only listed: report.pdf, clips/01/film.mp4");
  expect(await page.locator("#clip option").count()).toBe(2);
  expect(await page.getAttribute("#place", "max")).toBe("19");
  const first = await page.textContent("#picture-time");
  await page.fill("#place", "5");
  await expect.poll(() => page.textContent("#picture-time")).not.toBe(first);
  expect(await page.locator("#stage img").getAttribute("src")).toMatch(/^blob:/);
  await page.selectOption("#clip", "1");
  await expect.poll(() => page.getAttribute("#place", "max")).toBe("9");
});

it("names every manipulation, and shows no picture of the segment where it is", async () => {
  for (const [name, manipulation] of Object.entries(MANIPULATIONS)) {
    const path = zippedFiles(`${name}.zip`, manipulated(bundle, manipulation, "clips/01/"));
    expect(await drop(path, fingerprint), name).toContain("NOT GENUINE");
    const { problems } = JSON.parse(await page.evaluate<string>("document.body.dataset.found")) as {
      problems: string[];
    };
    expect(problems, name).toContain(manipulation.named);
    expect(Number(await page.getAttribute("#place", "max")), name).toBeLessThan(19);
  }
  expect(requested.filter((url) => !/^(file|blob|data):/.test(url))).toEqual([]);
});

it("opens one that is encrypted with a password, and says when it is another", async () => {
  const path = join(folder, "bundle.zip.age");
  writeFileSync(path, await lockedWith("open sesame", zipSync(bundle, { level: 0 })));
  await page.setInputFiles("#file", []);
  await page.setInputFiles("#file", path);
  await page.fill("#password", "open barley");
  await page.click("#locked button");
  await page.locator("#verdict:text('does not open it')").waitFor();
  await page.fill("#password", "open sesame");
  await page.click("#locked button");
  await page.locator("#verdict:text('Genuine')").waitFor();
  expect(await page.inputValue("#password")).toBe("");
  expect(violations.filter((text) => !text.includes("blob:"))).toEqual([]);
});

it(`verifies ${EVENTS} events and says how long it took`, async () => {
  const large = zipped("large.zip", TestLog.of(EVENTS).exportRange(0, EVENTS));
  expect(await drop(large, fingerprint)).toContain("Genuine");
  const tookMs = Number(await page.evaluate("document.body.dataset.verifiedMs"));
  console.log(`verified ${EVENTS} events in ${tookMs} ms`);
  expect(await page.textContent("#statements")).toContain(`${EVENTS} of ${EVENTS} events`);
  expect(tookMs).toBeGreaterThan(0);
});
