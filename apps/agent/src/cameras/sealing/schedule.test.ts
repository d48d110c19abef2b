import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret, silentLogger, systemRandom } from "@gatehouse/base";
import type { CameraOrders } from "@gatehouse/device-types/camera-words";
import { virtualClock } from "@gatehouse/testkit";
import { CIPHERS } from "@gatehouse/video";
import { jpegOf } from "@gatehouse/video/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStateFolder } from "../../state/state-folder.ts";
import { SoundPictures } from "../sound-pictures.ts";
import { ClipKeeper, type ClipKeeperDeps } from "./clip-keeper.ts";

const CAMERA = "01a1f000-0000-7000-8000-000000000001";
/** Sunday 5 July 2026, 23:59:30 in Paris. */
const SUNDAY_MS = Date.UTC(2026, 6, 5, 21, 59, 30);
const MONDAYS = [{ days: [1], fromMinute: 0, toMinute: 60 }];

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "agent schedule "));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

async function open(schedule: NonNullable<CameraOrders["sealing"]>["schedule"]) {
  const clock = virtualClock(SUNDAY_MS);
  const privateKey = new Secret(new Uint8Array(32).fill(3));
  const identity = { keys: { signingPair: { privateKey } } };
  const channel = { identity, isConnected: false } as unknown as ClipKeeperDeps["channel"];
  const keeper = await ClipKeeper.open({
    ...{ cameraId: CAMERA, channel, clock, random: systemRandom, log: silentLogger },
    state: await openStateFolder(join(scratch, "state"), systemRandom),
    ...{ cipher: CIPHERS.aes256gcm, bytesPerSecond: 0 },
    limits: { maxBytes: 1_000_000_000, maxAgeMs: 86_400_000 },
    serverNowMs: () => clock.nowMs(),
    say: async () => undefined,
  });
  keeper.set({
    ...{ goes: "keep", all: true, preRollSeconds: 0, postRollSeconds: 0, keepDays: 1, keepEventDays: 1 },
    ...(schedule === undefined ? {} : { schedule }),
  });
  return { clock, keeper };
}
const counts = (keeper: ClipKeeper) => keeper.status as { clips: number; clipBytes: number };

it("seals inside the times of the week, in the zone of the camera's site, and nothing outside", async () => {
  const { clock, keeper } = await open({ timeZone: "Europe/Paris", spans: MONDAYS });
  const sound = new SoundPictures().check({ kind: "jpeg", bytes: jpegOf(64, 48) });
  if (sound === undefined) throw new Error("not sound");
  const film = (seconds: number): void => {
    for (let i = 0; i < seconds * 2; i++) {
      keeper.take(sound);
      keeper.tick();
      clock.advance(500);
    }
  };
  film(25);
  await keeper.stop();
  expect(counts(keeper).clips).toBe(0);
  // Over midnight, into Monday.
  film(15);
  await keeper.stop();
  expect(counts(keeper).clips).toBe(1);
  const { clipBytes } = counts(keeper);
  clock.advance(3_600_000);
  film(5);
  await keeper.stop();
  expect(counts(keeper).clipBytes).toBe(clipBytes);
});

it("keeps more rather than less where the machine does not know the zone, and everything without a schedule", async () => {
  const sound = new SoundPictures().check({ kind: "jpeg", bytes: jpegOf(64, 48) });
  if (sound === undefined) throw new Error("not sound");
  for (const schedule of [{ timeZone: "Mars/Olympus", spans: MONDAYS }, undefined]) {
    const { keeper } = await open(schedule);
    keeper.take(sound);
    await keeper.stop();
    expect(counts(keeper).clips).toBe(1);
    rmSync(join(scratch, "state"), { recursive: true });
  }
});
