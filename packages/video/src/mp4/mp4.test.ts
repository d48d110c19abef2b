import fc from "fast-check";
import { expect, test } from "vitest";
import { boxesOf } from "../fmp4/boxes.ts";
import { H264 } from "../testing/index.ts";
import { h264ConfigOf, withStartCodes } from "./annex-b.ts";
import { FilmIndex } from "./film-index.ts";
import { describeTrack, Fmp4Splitter, samplesOf } from "./read.ts";
import { avcDescription } from "./sample-description.ts";

const track = {
  sampleDescription: avcDescription({ width: 64, height: 48 }, new Uint8Array(7)),
  width: 64,
  height: 48,
};
const [first, second] = H264.fragments;
const SHOWN = { createdMs: 1_795_000_000_000, shownFromMs: 0, shownToMs: 1_000 };

test("a film's front is type, index and the head of its data, and says how long the data is", () => {
  const index = new FilmIndex(track);
  for (let n = 0; n < 200; n++)
    index.add({ sizeBytes: 100 + n, atMs: n * 5, compositionMs: 0, isSync: n % 50 === 0 });
  const head = index.head(SHOWN);
  const bytes = Array.from({ length: 200 }, (_, n) => 100 + n).reduce((sum, one) => sum + one, 0);
  const whole = new Uint8Array(head.length + bytes);
  whole.set(head);
  expect(boxesOf(whole)?.map(({ type }) => type)).toEqual(["ftyp", "moov", "mdat"]);
  expect(index.samples).toBe(200);
});

test("more than four gigabytes are told in 64 bits", () => {
  const index = new FilmIndex(track);
  for (let n = 0; n < 5; n++)
    index.add({ sizeBytes: 1_000_000_000, atMs: n * 40, compositionMs: 0, isSync: true });
  const text = new TextDecoder("latin1").decode(index.head(SHOWN));
  expect([text.includes("co64"), text.includes("stco")]).toEqual([true, false]);
  expect(text.slice(-12, -8)).toBe("mdat");
});

test("a stream comes apart alike wherever it is cut", () => {
  const stream = Uint8Array.from([...H264.init, ...first, ...second]);
  const whole = new Fmp4Splitter().push(stream).map(({ kind, bytes }) => [kind, bytes.length]);
  expect(whole).toEqual([
    ["init", H264.init.length],
    ["fragment", first.length],
    ["fragment", second.length],
  ]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 12 }), (cuts) => {
      const splitter = new Fmp4Splitter();
      const edges = [0, ...cuts.sort((one, other) => one - other), stream.length];
      const parts = edges.slice(1).flatMap((end, at) => splitter.push(stream.subarray(edges[at], end)));
      expect(parts.map(({ kind, bytes }) => [kind, bytes.length])).toEqual(whole);
    }),
    { numRuns: 100 },
  );
  expect(() => new Fmp4Splitter().push(new Uint8Array(16))).toThrow(RangeError);
});

test("whatever the bytes are, they are read or they are none", () => {
  const described = describeTrack(H264.init);
  if (described === undefined) throw new Error("the initialisation is one");
  expect(samplesOf(first, described)?.length).toBeGreaterThan(0);
  const changed = (bytes: Uint8Array) =>
    fc
      .array(fc.tuple(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 })), {
        minLength: 1,
        maxLength: 8,
      })
      .map((changes) => {
        const copy = bytes.slice();
        for (const [at, byte] of changes) copy[at] = byte;
        return copy;
      });
  fc.assert(
    fc.property(changed(H264.init), (init) => {
      const found = describeTrack(init);
      if (found !== undefined) h264ConfigOf(found.sampleDescription);
    }),
  );
  fc.assert(
    fc.property(changed(first), (fragment) => {
      for (const { bytes } of samplesOf(fragment, described) ?? []) withStartCodes(bytes, 4);
    }),
  );
});
