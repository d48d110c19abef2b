import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { cameras } from "@gatehouse/contract";
import { EXIT, runVerify } from "@gatehouse/verifier";
import { unzipSync, zipSync } from "fflate";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { findFfmpeg } from "../../apps/server/src/platform/ffmpeg/index.ts";
import { accessibilityFaults, openBrowser, useSession, watchFaults } from "../lib/browser.ts";
import { addCameras, type FakeCamera } from "../lib/fake-cameras.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";

// A camera records some seconds; a person takes them out as a film, as frames with their proof, and by the browser.

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const PATIENT = { timeout: 60_000, interval: 250 };
const FRAME_MS = 100;
const RECORDED_MS = 15_000;
let server: Gatehouse;
let browser: Browser;
let context: BrowserContext;
let faults: string[];
let camera: FakeCamera;
let segment: cameras.Segment;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gatehouse-export-"));
  [server, browser] = await Promise.all([startGatehouse(), openBrowser()]);
  context = await browser.newContext({ locale: "en-GB", reducedMotion: "reduce", acceptDownloads: true });
  faults = await watchFaults(context, [503]);
  await useSession(context, server.url, server.cookie);
  [camera] = (await addCameras(server, browser, 1, 1_000 / FRAME_MS)) as [FakeCamera];
  camera.start();
  await new Promise((resolve) => setTimeout(resolve, RECORDED_MS));
  camera.stop();
  segment = await vi.waitFor(async () => {
    const query = `fromMs=${Date.now() - 3_600_000}&toMs=${Date.now() + 60_000}`;
    const path = `/api/v1/cameras/${camera.deviceId}/segments?${query}`;
    const { items } = await server.call<{ items: cameras.Segment[] }>("GET", path);
    const found = items.find(({ state, entry }) => state === "sealed" && entry !== undefined);
    if (found === undefined) throw new Error("not sealed yet");
    return found;
  }, PATIENT);
});
afterEach(async () => {
  await Promise.all(context.pages().map((page) => page.close()));
  faults.splice(0);
});
afterAll(async () => {
  camera?.stop();
  await browser?.close();
  await server?.end();
  await rm(folder, { recursive: true, force: true });
});

async function open(path: string, viewport = DESKTOP, dark = false): Promise<Page> {
  const page = await context.newPage();
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
  await page.goto(server.url + path);
  return page;
}

/** The dialog over the player, in the middle of what is recorded. */
async function openDialog(viewport = DESKTOP, dark = false): Promise<Locator> {
  const at = new Date((segment.firstMs + segment.lastMs) / 2).toISOString();
  const page = await open(`/cameras/playback?cameras=${camera.deviceId}&at=${at}&span=300s`, viewport, dark);
  await page.getByRole("button", { name: /^Export/ }).click();
  return page.getByRole("dialog", { name: "Export a recording" });
}

async function saved(page: Page, act: () => Promise<void>): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent("download", { timeout: 120_000 }), act()]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return path;
}

/** Pictures and seconds of a film, all of them decoded. */
async function probe(path: string): Promise<{ frames: number; seconds: number }> {
  const args = ["-hide_banner", "-i", path, "-map", "0:v", "-vsync", "passthrough", "-f", "null", "-"];
  const { stderr } = await promisify(execFile)(await findFfmpeg(), args);
  return {
    frames: Number([...stderr.matchAll(/frame=\s*(\d+)/g)].at(-1)?.[1]),
    seconds: Number(/Duration: 00:00:([\d.]+)/.exec(stderr)?.[1]),
  };
}

const exportsThere = () =>
  server.call<{ items: cameras.RecordingExport[] }>("GET", cameras.listRecordingExports.path);

test("a film is made of what the player shows, followed, fetched and played", async () => {
  const dialog = await openDialog();
  await dialog.getByText(/frames?, about/).waitFor();
  expect(await accessibilityFaults(dialog.page())).toEqual([]);
  await dialog.getByRole("button", { name: "Export", exact: true }).click();
  await dialog.getByText("Ready").waitFor({ timeout: 60_000 });
  const path = await saved(dialog.page(), () => dialog.getByRole("button", { name: /^Download/ }).click());
  expect(path).toMatch(/camera-[0-9a-f]{8}-[\dT-]+Z\.mp4$/);
  const [{ items }, found] = [await exportsThere(), await probe(path)];
  expect(items[0]).toMatchObject({ state: "done", form: "mp4", frames: found.frames, damaged: 0 });
  expect(found.frames).toBeGreaterThan(50);
  expect(found.seconds).toBeGreaterThan(5);
  const plays = await dialog.page().evaluate(
    async (bytes) => {
      const video = document.createElement("video");
      video.src = URL.createObjectURL(new Blob([Uint8Array.from(bytes)], { type: "video/mp4" }));
      return new Promise<string | number>((resolve) => {
        video.onloadedmetadata = () => resolve(video.duration);
        video.onerror = () => resolve(String(video.error?.message));
      });
    },
    [...(await readFile(path))],
  );
  expect(plays).toBeCloseTo(found.seconds, 0);
  expect(faults).toEqual([]);
});

test("frames are taken out with what proves them, and every manipulation is named", async () => {
  const dialog = await openDialog();
  await dialog.getByText("Frames with proof (ZIP)").click();
  await dialog.getByText("anybody can check it offline").waitFor();
  await dialog.getByRole("button", { name: "Export", exact: true }).click();
  await dialog.getByText("Ready").waitFor({ timeout: 60_000 });
  const path = await saved(dialog.page(), () => dialog.getByRole("button", { name: /^Download/ }).click());
  const trust = (await (await fetch(`${server.url}/api/v1/ledger/trust`)).json()) as { fingerprint: string };
  const verify = async (file: string) => {
    const said: string[] = [];
    const code = await runVerify({ file, fingerprint: trust.fingerprint }, (text) => said.push(text));
    return { code, text: said.join("\n") };
  };
  const genuine = await verify(path);
  expect(genuine.text).toContain("1 of 1 segments are whole and as they were signed");
  expect(genuine.code).toBe(EXIT.genuine);
  const files = unzipSync(await readFile(path));
  const pictures = Object.keys(files).filter((name) => name.startsWith("frames/"));
  expect(pictures).toHaveLength(segment.frames);
  const [, second = "", third = ""] = pictures;
  const swapped = { ...files, [second]: files[third] as Uint8Array, [third]: files[second] as Uint8Array };
  const { [second]: _gone, ...cut } = files;
  const cases: [Record<string, Uint8Array>, string][] = [
    [
      { ...files, [second]: (files[second] as Uint8Array).map((byte, at) => (at === 400 ? byte ^ 1 : byte)) },
      "frame_changed",
    ],
    [swapped, "frame_moved"],
    [cut, "frame_missing"],
  ];
  for (const [changed, problem] of cases) {
    const other = join(folder, `${problem}.zip`);
    await writeFile(other, zipSync(changed, { level: 0 }));
    const found = await verify(other);
    expect([found.code, found.text]).toEqual([EXIT.wrong, expect.stringContaining(problem)]);
  }
  expect(faults).toEqual([]);
});

test("a browser makes the film by itself, and the audit log has that it did", async () => {
  const dialog = await openDialog();
  const path = await saved(dialog.page(), () =>
    dialog.getByRole("button", { name: "Make it in this browser" }).click(),
  );
  await dialog.getByText("The film is saved").waitFor();
  const { items } = await exportsThere();
  const found = await probe(path);
  expect(found.frames).toBe(items.find(({ form }) => form === "mp4")?.frames);
  const forms = async () => {
    const path = "/api/v1/ledger/entries?kind=recording.exported";
    const { items } = await server.call<{ items: { act: { data: { form?: string } } }[] }>("GET", path);
    return items.map(({ act }) => act.data.form);
  };
  // An act has its place in the log within moments.
  await expect.poll(forms).toEqual(["browser", "frames", "mp4"]);
  expect(faults).toEqual([]);
});

test("what was taken out stands in a list, on a phone too, and can be deleted", async () => {
  const page = await open("/cameras/exports");
  await page.getByRole("heading", { level: 1, name: "2 exports are there." }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.close();
  const phone = await open("/cameras/exports", PHONE, true);
  await phone.getByRole("heading", { level: 1, name: "2 exports are there." }).waitFor();
  expect(await accessibilityFaults(phone)).toEqual([]);
  await phone
    .getByRole("button", { name: /^Delete the export/ })
    .first()
    .click();
  await phone.getByRole("heading", { level: 1, name: "One export is there." }).waitFor();
  await phone.close();
  const dialog = await openDialog(PHONE, true);
  await dialog.getByText(/frames?, about/).waitFor();
  expect(await accessibilityFaults(dialog.page())).toEqual([]);
  expect(faults).toEqual([]);
});
