import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gatehouse as run } from "../lib/command-line.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";

let server: Gatehouse;
const scratch = mkdtempSync(join(tmpdir(), "gatehouse cameras "));
beforeAll(async () => {
  server = await startGatehouse();
});
afterAll(async () => {
  await server.end();
  rmSync(scratch, { recursive: true, force: true });
});

interface Listed {
  readonly items: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: string;
    readonly health: { readonly frames: number; readonly width?: number; readonly height?: number };
  }[];
}
const cameras = async (): Promise<Listed["items"]> =>
  (await server.call<Listed>("GET", "/api/v1/cameras")).items;

test("simulate camera sends a folder as it is, and tells what was not taken", {
  timeout: 120_000,
}, async () => {
  const folder = join(scratch, "frames");
  mkdirSync(folder);
  writeFileSync(join(folder, "1.jpg"), "no picture at all");
  const sent = await run(server.dataDir, [
    "simulate",
    "camera",
    "--frames",
    folder,
    "--seconds",
    "5",
    "--json",
  ]);
  expect([sent.code, sent.json()]).toEqual([
    0,
    { seconds: 5, sent: expect.any(Number), refused: { "frame.not_jpeg": expect.any(Number) } },
  ]);
  expect(await cameras()).toMatchObject([{ name: "sim-camera", health: { frames: 0 } }]);
});

test("simulate camera refuses what it does not know", { timeout: 120_000 }, async () => {
  for (const wrong of [
    ["--scene", "moon"],
    ["--scene", "corridor", "--frames", scratch],
    ["--fps", "61"],
    ["--server", "https://localhost:1"],
  ]) {
    const refused = await run(server.dataDir, ["simulate", "camera", ...wrong, "--json"]);
    expect([wrong, refused.code]).toEqual([wrong, 64]);
  }
});

test("the demo site's six cameras show their places, come back after a restart, and go with it", {
  timeout: 400_000,
}, async () => {
  await server.call("POST", "/api/v1/demo", {});
  const demo = async () => (await cameras()).filter(({ name }) => name !== "sim-camera");
  const allLive = async (): Promise<void> => {
    while (!(await demo()).every(({ health }) => health.frames > 0))
      await new Promise((resolve) => setTimeout(resolve, 500));
  };
  await allLive();
  expect(
    (await demo()).map(({ name, health: { width, height } }) => [name, width, height]).toSorted(),
  ).toEqual(
    [
      "boiler-room-cam",
      "corridor-3-cam",
      "front-gate-cam",
      "loading-bay-cam",
      "meter-room-cam",
      "parking-1-cam",
    ].map((name) => [name, 640, 360]),
  );
  await server.kill("SIGINT");
  await server.restart();
  await allLive();
  await server.call("DELETE", "/api/v1/demo");
  expect(await demo()).toEqual([]);
});
