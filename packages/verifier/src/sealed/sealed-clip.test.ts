import { expect, it } from "vitest";
import { sealedClip } from "../testing/sealed-clips.ts";
import { type SealedClip, verifySealedClip } from "./sealed-clip.ts";

const SEGMENTS = 3;
const made = sealedClip(SEGMENTS);

function check(change: (clip: SealedClip) => SealedClip = (clip) => clip, fingerprint = made.fingerprint) {
  const { report, opened } = verifySealedClip(change(made.clip), { fingerprint });
  return {
    ok: report.ok,
    pinned: report.pinned,
    faults: opened.map(({ faults }) => faults),
    problems: (report.clip?.problems ?? []).map(({ kind, segment }) => `${kind} ${segment?.at(-1)}`),
    log: report.problems.map(({ kind }) => kind),
  };
}

const GENUINE = { ok: true, pinned: "pinned", faults: [[], [], []], problems: [], log: [] };
const second = (clip: SealedClip, change: (file: Uint8Array) => Uint8Array): SealedClip => ({
  ...clip,
  segments: clip.segments.map((one, at) => (at === 1 ? { ...one, file: change(one.file.slice()) } : one)),
});

it("opens a clip and finds everything as it was sealed, signed and logged", () => {
  expect(check()).toEqual(GENUINE);
  const { opened, places, manifestHashes } = verifySealedClip(made.clip, {});
  expect(opened[0]?.frames.map(({ kind }) => kind)).toEqual([1, 1, 4, 1]);
  expect(places.get(made.clip.segments[1]?.segment ?? "")).toMatchObject({ index: 8, pathLength: 3 });
  expect(manifestHashes).toHaveLength(SEGMENTS);
});

it("names a flipped bit, a cut and a file under another key", () => {
  const flipped = check((clip) => second(clip, (file) => file.with(200, (file[200] as number) ^ 1)));
  expect(flipped.faults).toEqual([[], ["chunk_altered", "manifest_differs"], []]);
  expect(flipped.problems).toContain("frames_cut 1");
  const cut = check((clip) => second(clip, (file) => file.subarray(0, file.length - 60)));
  expect(cut.faults[1]).toContain("no_end");
  const first = made.clip.segments[0] as SealedClip["segments"][number];
  const swapped = check((clip) => second(clip, () => first.file));
  expect(swapped.faults[1]).toEqual(["wrong_key"]);
});

it("is not misled by a whole segment of another camera or time, whose key is given with it", () => {
  const other = sealedClip(SEGMENTS, "0191a000-0000-7000-8000-0000000000ff");
  const change = (clip: SealedClip): SealedClip => ({
    ...clip,
    segments: clip.segments.map((one, at) =>
      at === 1 ? { ...one, file: other.clip.segments[1]?.file as Uint8Array } : one,
    ),
  });
  expect(check(change).faults[1]).toEqual(["other_segment"]);
});

it("names what a server with all keys but the log's changed: a segment sealed and signed anew", () => {
  const forged = sealedClip(SEGMENTS, undefined, "another picture");
  const change = (clip: SealedClip): SealedClip => ({
    ...clip,
    segments: clip.segments.map((one, at) => (at === 1 ? (forged.clip.segments[1] as typeof one) : one)),
  });
  const { problems, faults } = check(change);
  expect(faults[1]).toEqual([]);
  expect(problems).toEqual(["entry_differs 1", "segment_missing 1", "segment_missing 2"]);
});

it("says of another root that it is another, and of a log that is not to be had that nothing is proven", () => {
  expect(check(undefined, "0000 ".repeat(8).trim()).log).toContain("fingerprint_differs");
  const without = check((clip) => ({ ...clip, log: new Map() }));
  expect(without.ok).toBe(false);
  expect(without.problems).toContain("recorder_not_certified undefined");
});

it("takes a segment that nobody signed for what it is, unless the log knows better", () => {
  const change = (clip: SealedClip): SealedClip => ({
    ...{ ...clip, toMs: clip.fromMs + 60_000 },
    segments: clip.segments.slice(0, 1).map((one) => ({ ...one, manifest: undefined })),
  });
  expect(check(change).problems).toEqual(["manifest_missing 0"]);
});
