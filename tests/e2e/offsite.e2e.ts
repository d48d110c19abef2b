import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BodyOf, cameras } from "@gatehouse/contract";
import { type S3Double, s3Double } from "@gatehouse/testkit";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { accessibilityFaults, openBrowser, useSession } from "../lib/browser.ts";
import { gatehouse } from "../lib/command-line.ts";
import { addCameras, type FakeCamera } from "../lib/fake-cameras.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import { makeToken } from "../lib/program-token.ts";

// One Gatehouse records; its copies go to a second one and to a store. Then its recordings are lost, and come back.

const PATIENT = { timeout: 60_000, interval: 250 };
const RECORDED_MS = 12_000;
const CAP_BYTES = 500_000_000;

let recorder: Gatehouse;
let keeper: Gatehouse;
let store: S3Double;
let browser: Browser;
let camera: FakeCamera;
let inbox: cameras.OffsiteInbox;

const targets = async () =>
  (await recorder.call<{ items: cameras.OffsiteTarget[] }>("GET", "/api/v1/offsite/targets")).items;
const segmentsOf = async () => {
  const span = `fromMs=${Date.now() - 3_600_000}&toMs=${Date.now() + 60_000}`;
  const path = `/api/v1/cameras/${camera.deviceId}/segments?${span}`;
  return (await recorder.call<{ items: cameras.Segment[] }>("GET", path)).items;
};

/** Of every file below a folder, by its name alone. */
async function filesBelow(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const read = files.map(
    async (file) => [file.name, await readFile(join(file.parentPath, file.name))] as const,
  );
  return new Map(await Promise.all(read));
}

const addTarget = (name: string, settings: cameras.OffsiteSettings) => {
  const body: BodyOf<typeof cameras.createOffsiteTarget> = {
    ...{ name, settings, enabled: true, allowPrivate: true, rateBytes: 0, keepDays: 0 },
    ...{ wholeCameras: [camera.deviceId], fromStart: true },
  };
  return recorder.call("POST", "/api/v1/offsite/targets", body);
};

beforeAll(async () => {
  [recorder, keeper, store, browser] = await Promise.all([
    startGatehouse(),
    startGatehouse(),
    s3Double(),
    openBrowser(),
  ]);
  [camera] = (await addCameras(recorder, browser, 1, 10)) as [FakeCamera];
  const senderKey = (await (await fetch(`${recorder.url}/recordings/key`)).text()).trim();
  const body = { name: "neighbours", capBytes: CAP_BYTES, keepDays: 30, senderKey };
  inbox = await keeper.call("POST", "/api/v1/offsite/inboxes", body);
  const { secret } = await makeToken(keeper, ["recording.deposit", "recording.collect"]);
  await addTarget("keeper", { kind: "gatehouse", url: keeper.url, inboxId: inbox.id, token: secret });
  await addTarget("store", {
    ...{ kind: "s3", endpoint: store.url, bucket: store.bucket, region: store.region, prefix: "gh/" },
    ...{ pathStyle: true, accessKeyId: store.accessKeyId, secretAccessKey: store.secretAccessKey },
  });
  camera.start();
  await new Promise((resolve) => setTimeout(resolve, RECORDED_MS));
  await vi.waitFor(async () => {
    const { items } = await recorder.call<{ items: object[] }>("GET", "/api/v1/camera-events");
    if (items.length === 0) throw new Error("nothing moved yet");
  }, PATIENT);
  camera.stop();
}, 180_000);
afterAll(async () => {
  camera?.stop();
  await browser?.close();
  await Promise.all([recorder?.end(), keeper?.end(), store?.[Symbol.asyncDispose]()]);
});

test("what was recorded lies sealed at both places, byte by byte, and its clip says so", async () => {
  await vi.waitFor(async () => {
    for (const { state } of await segmentsOf()) expect(state).toBe("sealed");
    const list = await targets();
    expect(list.map(({ health, done, waiting }) => [health, done.segments > 0, waiting.segments])).toEqual([
      ["ok", true, 0],
      ["ok", true, 0],
    ]);
  }, PATIENT);
  const here = await filesBelow(join(recorder.dataDir, "recordings"));
  const there = await filesBelow(join(keeper.dataDir, "copies"));
  const inStore = new Map(
    [...store.objects].map(([key, { bytes }]) => [key.slice(key.lastIndexOf("/") + 1), bytes]),
  );
  expect(here.size).toBeGreaterThanOrEqual(2);
  for (const [name, bytes] of here) {
    expect([name, there.get(name)?.equals(bytes)]).toEqual([name, true]);
    expect([name, inStore.get(name)?.equals(bytes)]).toEqual([name, true]);
  }
  const { items } = await keeper.call<{ items: cameras.OffsiteInbox[] }>("GET", "/api/v1/offsite/inboxes");
  const bytes = [...there.values()].reduce((sum, file) => sum + file.length, 0);
  expect(items).toMatchObject([{ copies: here.size / 2, bytes }]);

  const context = await browser.newContext({ locale: "en-GB", reducedMotion: "reduce" });
  await useSession(context, recorder.url, recorder.cookie);
  const page = await context.newPage();
  await page.goto(`${recorder.url}/cameras/clips`);
  await page.getByText("Copied elsewhere").first().waitFor(PATIENT);
  await page.goto(`${recorder.url}/cameras/storage`);
  await page.getByRole("heading", { name: "Off-site copies" }).waitFor(PATIENT);
  await page.getByText("Works").first().waitFor(PATIENT);
  expect(await accessibilityFaults(page)).toEqual([]);
  await context.close();
});

test("nobody puts anything into the inbox without a token that may, and nobody reads with one that may only put", async () => {
  const { secret } = await makeToken(keeper, ["recording.deposit"]);
  const path = `${keeper.url}/api/v1/offsite/inboxes/${inbox.id}/copies`;
  const ask = async (headers: Record<string, string>, method = "GET", query = "") =>
    (await fetch(path + query, { method, headers })).status;
  const list = `?tenant=${"0".repeat(8)}-0000-0000-0000-${"0".repeat(12)}`;
  expect(await ask({}, "POST")).toBe(401);
  expect(await ask({ authorization: `Bearer ${secret}` }, "GET", list)).toBe(403);
});

test("recordings that are lost come back from the other Gatehouse, and are played as before", async () => {
  const before = await segmentsOf();
  await recorder.kill("SIGKILL");
  await rm(join(recorder.dataDir, "recordings"), { recursive: true });
  await recorder.restart();
  const content = async (id: string) => {
    const headers = { cookie: recorder.cookie };
    return (await fetch(`${recorder.url}/api/v1/segments/${id}/content`, { headers })).status;
  };
  expect(await content(before[0]?.id ?? "")).not.toBe(200);
  const run = await gatehouse(recorder.dataDir, ["offsite", "restore", "keeper", "--json"]);
  expect([run.code, run.json()]).toEqual([0, expect.objectContaining({ taken: before.length, foreign: 0 })]);
  const after = await segmentsOf();
  expect(after.map(({ id, state, frames, bytes }) => ({ id, state, frames, bytes }))).toEqual(
    before.map(({ id, state, frames, bytes }) => ({ id, state, frames, bytes })),
  );
  for (const { id } of after) expect(await content(id)).toBe(200);
}, 120_000);
