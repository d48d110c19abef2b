import { virtualClock } from "@gatehouse/testkit";
import { inspectJpeg } from "@gatehouse/video";
import { H264 } from "@gatehouse/video/testing";
import { expect, test, vi } from "vitest";
import { KeyFramePictures } from "./key-frame-pictures.ts";

test("makes a JPEG of the size of the film of each fragment's key frame, however many ask at once", async () => {
  const pictures = new KeyFramePictures(virtualClock());
  const [first, second] = H264.fragments;
  const made = await Promise.all(
    [first, second, first, second, first].map((fragment) => pictures.jpegOf(H264.init, fragment)),
  );
  for (const bytes of made) expect(inspectJpeg(bytes)).toMatchObject({ width: 64, height: 48 });
  expect(made[2]).toEqual(made[0]);
  expect(made[1]).not.toEqual(made[0]);
});

test("refuses what is no fragment, and more than may wait", async () => {
  const pictures = new KeyFramePictures(virtualClock());
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

test("works at no more than two at once, also when somebody asks just as one of them ends", async () => {
  let [atWork, most] = [0, 0];
  const made: Promise<Uint8Array>[] = [];
  const ask = (): void => {
    if (made.length < 8) made.push(pictures.jpegOf(H264.init, H264.fragments[0]));
  };
  const clock = virtualClock();
  // Each child has a timer as long as it lives.
  const after = vi.fn((delayMs: number, run: () => void) => {
    most = Math.max(most, ++atWork);
    const timer = clock.after(delayMs, run);
    const cancel = (): void => {
      atWork--;
      timer.cancel();
      // Between the end of this one and the turn of whoever waits.
      queueMicrotask(() => queueMicrotask(ask));
    };
    return { cancel };
  });
  const pictures = new KeyFramePictures({ ...clock, after });
  for (let n = 0; n < 4; n++) ask();
  await expect.poll(() => made.length).toBe(8);
  await Promise.all(made);
  expect([after.mock.calls.length, most, atWork]).toEqual([8, 2, 0]);
});
