import fc from "fast-check";
import { expect, test } from "vitest";
import { H264 } from "../testing/h264.ts";
import { describeTrack, type TrackDescription } from "./read.ts";
import { sampleTimes } from "./sample-times.ts";

const track = describeTrack(H264.init) as TrackDescription;
const [first, second] = H264.fragments;

test("a fragment says when each of its pictures is shown", () => {
  expect(sampleTimes(first, track)).toEqual(Array.from({ length: 10 }, (_, n) => n * 100));
  expect(sampleTimes(second, track)).toHaveLength(10);
  expect(sampleTimes(first.subarray(0, 200), track)).toBeUndefined();
});

test("whatever the bytes, times begin with the first and rise, or there are none", () => {
  const changes = fc.array(fc.tuple(fc.nat(first.length - 1), fc.nat(255)), { maxLength: 8 });
  fc.assert(
    fc.property(changes, (changed) => {
      const bytes = first.slice();
      for (const [at, value] of changed) bytes[at] = value;
      const times = sampleTimes(bytes, track);
      return times === undefined || (times[0] === 0 && times.every((ms, n) => ms >= (times[n - 1] ?? 0)));
    }),
    { numRuns: 2_000 },
  );
});
