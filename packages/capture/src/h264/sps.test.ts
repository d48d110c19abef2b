import { H264 } from "@gatehouse/video/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sizeOfSps, withoutVui } from "./sps.ts";

/** Of cameras: Main, and High with cropping. */
const KNOWN = [
  { sps: "674d00299a6402802dff80b5050505000003000100000300328400", size: { width: 1280, height: 720 } },
  { sps: "67640028acd100780227e5c044000003000400000300c83c60c448", size: { width: 1920, height: 1080 } },
] as const;

const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

test("tells the size of a film, with what is cropped", () => {
  // In the initialisation: after the fixed part of avcC and the length of the set.
  const at = Buffer.from(H264.init).indexOf("avcC") + 4;
  const length = (H264.init[at + 6] as number) * 256 + (H264.init[at + 7] as number);
  const sps = H264.init.subarray(at + 8, at + 8 + length);
  expect(sizeOfSps(sps)).toEqual({ width: 64, height: 48 });
  const plain = withoutVui(sps);
  expect(sizeOfSps(plain)).toEqual({ width: 64, height: 48 });
  expect(plain.length).toBeLessThan(sps.length);
  expect(withoutVui(plain)).toEqual(plain);
});

test("tells the sizes of known cameras, also without what they say of displays", () => {
  for (const { sps, size } of KNOWN) {
    expect(sizeOfSps(fromHex(sps))).toEqual(size);
    expect(sizeOfSps(withoutVui(fromHex(sps)))).toEqual(size);
  }
});

test("whatever the bytes say, it ends, and says a size or nothing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const size = sizeOfSps(bytes);
      expect(sizeOfSps(withoutVui(bytes))).toEqual(size);
      expect(Math.min(size?.width ?? 1, size?.height ?? 1)).toBeGreaterThan(0);
    }),
    { numRuns: 2_000 },
  );
});
