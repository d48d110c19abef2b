import { cameras } from "@gatehouse/contract";
import { expect, test } from "vitest";
import type { CameraFrame } from "../model.ts";
import { Stills } from "./stills.ts";

const init = { bytes: Buffer.from("init") } as unknown as CameraFrame;
const fragment = (): CameraFrame =>
  ({ kind: cameras.FRAME_KINDS.videoFragment, bytes: Buffer.from("film") }) as unknown as CameraFrame;

test("a key frame is decoded once for all who want it, and once more when that failed", async () => {
  const broken = new Error("broken");
  const outcomes = [new Error("killed"), Buffer.from("jpeg"), broken, broken];
  let decoded = 0;
  const stills = new Stills(
    { initOf: () => init },
    {
      jpegOf: async () => {
        const outcome = outcomes[decoded++] as Buffer | Error;
        if (outcome instanceof Error) throw outcome;
        return outcome;
      },
    },
  );
  const frame = fragment();
  await expect(Promise.all([stills.of(frame), stills.of(frame)])).rejects.toThrow("killed");
  const [one, two] = await Promise.all([stills.of(frame), stills.of(frame)]);
  expect([String(one), two === one, decoded]).toEqual(["jpeg", true, 2]);
  const other = fragment();
  for (let asked = 0; asked < 4; asked++) await expect(stills.of(other)).rejects.toThrow("broken");
  expect(decoded).toBe(4);
});
