import fc from "fast-check";
import { expect, test } from "vitest";
import { H264 } from "../testing/h264.ts";
import { inspectFragment } from "./fragment.ts";
import { inspectInit, MAX_INIT_BYTES, type VideoInit } from "./init.ts";

const init = inspectInit(H264.init) as VideoInit;
const [first, second] = H264.fragments;

const joined = (...pieces: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(pieces));
const changed = (bytes: Uint8Array, at: number, ...values: number[]): Uint8Array => {
  const copy = bytes.slice();
  copy.set(values, at);
  return copy;
};
/** Where a box's type stands. */
const typeAt = (bytes: Uint8Array, type: string): number => Buffer.from(bytes).indexOf(type, 0, "latin1");
const renamed = (bytes: Uint8Array, from: string, to: string): Uint8Array =>
  changed(bytes, typeAt(bytes, from), ...Buffer.from(to, "latin1"));
const faultOfInit = (bytes: Uint8Array): string | undefined => {
  const found = inspectInit(bytes);
  return "fault" in found ? found.fault : undefined;
};

test("what ffmpeg writes is taken with its size, track and codec", () => {
  expect(init).toEqual({
    width: 64,
    height: 48,
    trackId: 1,
    lengthBytes: 4,
    isSyncByDefault: true,
    codec: "avc1.64000a",
  });
  expect([inspectFragment(first, init), inspectFragment(second, init)]).toEqual([undefined, undefined]);
});

test("cut anywhere, or with something behind it, neither is taken", () => {
  for (let length = 0; length < H264.init.length; length++)
    expect(["truncated", "malformed"]).toContain(faultOfInit(H264.init.subarray(0, length)));
  for (let length = 0; length < first.length; length += 7)
    expect(["truncated", "malformed"]).toContain(inspectFragment(first.subarray(0, length), init));
  expect(faultOfInit(joined(H264.init, first))).toBe("malformed");
  expect(inspectFragment(joined(first, second), init)).toBe("malformed");
  expect(inspectFragment(joined(first, Uint8Array.of(0)), init)).toBe("truncated");
});

test("another codec, data elsewhere, a second track and what is larger than any header are refused", () => {
  expect(faultOfInit(renamed(H264.init, "avc1", "hvc1"))).toBe("unsupported");
  expect(faultOfInit(renamed(H264.init, "avcC", "hvcC"))).toBe("unsupported");
  const entry = typeAt(H264.init, "url ");
  expect(faultOfInit(changed(H264.init, entry + 7, 0))).toBe("unsupported");
  expect(faultOfInit(renamed(H264.init, "mvhd", "trak"))).toBe("unsupported");
  expect(faultOfInit(renamed(H264.init, "mvex", "free"))).toBe("malformed");
  expect(faultOfInit(joined(H264.init, new Uint8Array(MAX_INIT_BYTES)))).toBe("unsupported");
});

test("a fragment of another track, of other bytes than it has, or without a key frame is refused", () => {
  const track = typeAt(first, "tfhd") + 8;
  expect(inspectFragment(changed(first, track + 3, 2), init)).toBe("malformed");
  const run = typeAt(first, "trun") + 8;
  const dataOffset = run + 4;
  expect(inspectFragment(changed(first, dataOffset, 0x7f, 0xff, 0xff, 0xff), init)).toBe("malformed");
  expect(inspectFragment(changed(first, dataOffset, 0, 0, 0, 8), init)).toBe("malformed");
  expect(inspectFragment(changed(first, run, 0xff, 0xff, 0xff, 0xff), init)).toBe("malformed");
  // first_sample_flags: not to be shown by itself.
  expect(inspectFragment(changed(first, dataOffset + 4, 0x01, 0x01, 0, 0), init)).toBe("unsupported");
  // The picture's NAL unit and the first byte of its slice; the one before it holds text.
  const idr = Buffer.from(first).indexOf(Buffer.of(0x65, 0x88), typeAt(first, "mdat"));
  expect(inspectFragment(changed(first, idr, 0x41), init)).toBe("unsupported");
});

test("whatever the bytes, there is a verdict", () => {
  const change = fc.tuple(fc.nat(2_000), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), fc.boolean(), (changes, isInit) => {
      const bytes = (isInit ? H264.init : first).slice();
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      const found = isInit ? inspectInit(bytes) : inspectFragment(bytes, init);
      return found === undefined || typeof found === "string" || "width" in found || "fault" in found;
    }),
    { numRuns: 3_000 },
  );
});
