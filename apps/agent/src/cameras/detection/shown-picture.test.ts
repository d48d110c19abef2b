import { type Logger, silentLogger } from "@gatehouse/base";
import { openPicture } from "@gatehouse/capture/pictures";
import { CameraWord, MAX_SHOWN_BYTES } from "@gatehouse/device-types/camera-words";
import { virtualClock } from "@gatehouse/testkit";
import { Check } from "typebox/value";
import { beforeEach, expect, it } from "vitest";
import { ShownPicture } from "./shown-picture.ts";

const clock = virtualClock();
const SIZE = { width: 1_280, height: 720 };
const box = (score: number) => ({
  label: "person",
  score,
  x: 0.1,
  y: 0.2,
  width: 0.1,
  height: 0.4,
  track: 1,
});
/** As hard to make small as a picture can be. */
const noise = {
  ...SIZE,
  rgb: Uint8Array.from({ length: 3 * SIZE.width * SIZE.height }, (_, at) => (at * at * 31) % 251),
};

let said: CameraWord[] = [];
let isConnected = true;
beforeEach(() => {
  [said, isConnected] = [[], true];
});
const open = (say?: () => Promise<undefined>, log: Logger = silentLogger): ShownPicture =>
  new ShownPicture({
    ...{ clock, log },
    isConnected: () => isConnected,
    async say(word) {
      said.push(word);
      return say?.();
    },
  });

it("shows the surest of what it saw, small enough for a message, and once", async () => {
  const shown = open();
  shown.see({ atMs: 1, things: [box(0.5)], picture: noise });
  shown.see({ atMs: 2, things: [box(0.9)], picture: noise });
  shown.see({ atMs: 3, things: [box(0.7)], picture: noise });
  shown.see({ atMs: 4, things: [], picture: noise });
  await shown.show();
  await shown.show();
  const [word] = said;
  expect(said).toHaveLength(1);
  expect(Check(CameraWord, word)).toBe(true);
  expect(JSON.stringify(word).length).toBeLessThan(65_536);
  if (word?.says !== "shown") throw new TypeError("no picture");
  expect(word).toMatchObject({ takenMs: 2, boxes: [{ score: 0.9 }] });
  const jpeg = Buffer.from(word.jpeg, "base64");
  expect(jpeg.length).toBeLessThanOrEqual(MAX_SHOWN_BYTES);
  expect(await openPicture(jpeg).metadata()).toMatchObject({ format: "jpeg", width: 640, height: 360 });
});

it("holds up nobody for long, and shows nothing without the server", async () => {
  const stuck = open(() => new Promise(() => undefined));
  stuck.see({ atMs: 1, things: [box(0.5)], picture: noise });
  const showing = stuck.show();
  await expect.poll(() => said.length).toBe(1);
  await clock.advance(1_100);
  await showing;
  isConnected = false;
  stuck.see({ atMs: 2, things: [box(0.5)], picture: noise });
  await stuck.show();
  expect(said).toHaveLength(1);
});
