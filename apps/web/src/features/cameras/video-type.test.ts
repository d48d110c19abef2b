import { expect, it } from "vitest";
import { videoTypeOf } from "./video-type.ts";

const box = (name: string, content: readonly number[]) => [
  0,
  0,
  0,
  content.length + 8,
  ...new TextEncoder().encode(name),
  ...content,
];

it("reads profile and level of an initialisation", () => {
  const init = [...box("ftyp", [1, 2, 3]), ...box("avcC", [1, 0x64, 0x00, 0x1f, 0xff])];
  expect(videoTypeOf(Uint8Array.from(init))).toBe('video/mp4; codecs="avc1.64001f"');
});

it("finds nothing in what is no H.264, or is cut off", () => {
  expect(videoTypeOf(Uint8Array.from(box("hvcC", [1, 2, 3, 4])))).toBeUndefined();
  expect(videoTypeOf(Uint8Array.from(box("avcC", [1, 0x64])))).toBeUndefined();
  expect(videoTypeOf(new Uint8Array())).toBeUndefined();
});
