import { AppError, silentLogger, systemClock } from "@gatehouse/base";
import { expect, test } from "vitest";
import { createBundles } from "./bundles.ts";

const CLIP = { tenantId: "t", cameraId: "c", fromMs: 0, toMs: 10 };
const JPEG = Uint8Array.of(0xff, 0xd8);

/** Bundles of which only single pictures work, each answered by the next of these. */
const picturing = (answers: (() => Uint8Array)[]) =>
  createBundles(
    { clock: systemClock, log: silentLogger } as never,
    {
      stills: { picture: async () => (answers.shift() as () => Uint8Array)() },
    } as never,
  );
const refuse = (error: Error) => () => {
  throw error;
};

test("a picture for a report is waited for while others read, and is not said to be missing", async () => {
  const busy = refuse(new AppError("server.busy"));
  expect(await picturing([busy, busy, () => JPEG]).still(CLIP, 5)).toEqual(JPEG);
});

test("a bundle does without a picture that cannot be made, and not without a database", async () => {
  for (const code of ["camera.no_picture", "segment.damaged", "ffmpeg.missing"] as const)
    expect(await picturing([refuse(new AppError(code))]).still(CLIP, 5)).toBeUndefined();
  await expect(picturing([refuse(new Error("the database is away"))]).still(CLIP, 5)).rejects.toThrow("away");
});
