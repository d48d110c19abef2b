import { randomUUID } from "node:crypto";
import type { cameras } from "@gatehouse/contract";
import { encodeFrames, FRAME_KINDS, type Frame, type FrameKind } from "@gatehouse/video";
import { H264 } from "@gatehouse/video/testing";
import type { Page } from "playwright-core";

/** The page finds two seconds of H.264 recorded of a camera, ten pictures a second in two fragments. */
export async function answerWithVideo(page: Page, cameraId: string, firstMs: number): Promise<void> {
  const { mp4Init, mp4Fragment } = FRAME_KINDS;
  const frame = (kind: FrameKind, offsetMs: number, bytes: Uint8Array): Frame => ({
    ...{ kind, offsetMs, bytes, deviceMs: undefined, isKey: true },
  });
  const [first, second] = H264.fragments;
  const chunks = [
    encodeFrames([frame(mp4Init, 0, H264.init), frame(mp4Fragment, 0, first)]),
    encodeFrames([frame(mp4Fragment, 1_000, second)]),
  ].map((bytes) => Buffer.from(bytes));
  const [one = 0, two = 0] = chunks.map(({ length }) => length);
  const recorded: cameras.Segment = {
    ...{ id: randomUUID(), cameraId, state: "sealed", pinned: false },
    ...{ codec: "h264-fmp4", frames: 3, bytes: one + two },
    ...{ startMs: firstMs, firstMs, lastMs: firstMs + 1_000 },
    chunks: [
      [0, one, 0],
      [one, two, 1_000],
    ],
  };
  await page.route(/\/cameras\/[^/]+\/segments\?/, (route) =>
    route.fulfill({ json: { items: [recorded], more: false } }),
  );
  await page.route(/\/segments\/[^/]+\/content$/, (route) => {
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(route.request().headers().range ?? "") ?? [];
    const body = Buffer.concat(chunks).subarray(Number(from), Number(to) + 1);
    return route.fulfill({ status: 206, contentType: "application/vnd.gatehouse.frames", body });
  });
}
