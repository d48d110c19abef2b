import { systemClock } from "@gatehouse/base";
import { inspectJpeg } from "@gatehouse/video";
import { H264 } from "@gatehouse/video/testing";
import { expect, test } from "vitest";
import { KeyFramePictures } from "./key-frame-pictures.ts";

test("makes a JPEG of the size of the film of each fragment's key frame, however many ask at once", async () => {
  const pictures = new KeyFramePictures(systemClock);
  const [first, second] = H264.fragments;
  const made = await Promise.all(
    [first, second, first, second, first].map((fragment) => pictures.jpegOf(H264.init, fragment)),
  );
  for (const bytes of made) expect(inspectJpeg(bytes)).toMatchObject({ width: 64, height: 48 });
  expect(made[2]).toEqual(made[0]);
  expect(made[1]).not.toEqual(made[0]);
});

test("refuses what is no fragment, and more than may wait", async () => {
  const pictures = new KeyFramePictures(systemClock);
  await expect(pictures.jpegOf(H264.init, H264.fragments[0].subarray(0, 300))).rejects.toMatchObject({
    code: "frame.malformed",
  });
  const asked = Array.from({ length: 40 }, () => pictures.jpegOf(H264.init, H264.fragments[0]));
  const codes = (await Promise.allSettled(asked)).map((one) =>
    one.status === "rejected" ? one.reason.code : "made",
  );
  expect(codes.filter((code) => code === "made")).toHaveLength(34);
  expect(codes.filter((code) => code === "server.busy")).toHaveLength(6);
});
