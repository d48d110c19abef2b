import type { EvidenceFiles } from "@gatehouse/ledger";
import { strFromU8, strToU8, zipSync } from "fflate";
import { expect, it } from "vitest";
import { createSigner, ownerSigner } from "../../../ledger/src/testing/parties.ts";
import { openZip } from "../open-export.ts";
import { filesOf } from "../testing/bad-exports.ts";
import { CAMERA, type ClipParts, clipFiles, evidenceOf, recorded, withRecorder } from "../testing/clips.ts";
import { verifyOpened } from "../verify-opened.ts";
import type { ClipReport } from "./clip-report.ts";
import { clipStatements } from "./clip-statements.ts";

const evidence = evidenceOf(recorded(3));

function verify(files: Record<string, Uint8Array>, log: EvidenceFiles = evidence) {
  const opened = openZip(zipSync({ ...filesOf(log), ...files }, { level: 0 }));
  if (opened.state !== "complete") throw new Error(opened.state);
  const report = verifyOpened(opened, {});
  const problems = report.clip?.problems.map(({ kind, segment, frame }) =>
    [kind, segment?.at(-1), frame].filter((part) => part !== null && part !== undefined).join(" "),
  );
  return { ...report, found: problems };
}

/** The clip after somebody changed it. */
function changed(change: (parts: ClipParts) => void, more: Parameters<typeof clipFiles>[1] = {}) {
  const parts = recorded(3);
  change(parts);
  return verify(clipFiles(parts, more)).found;
}
const second = ({ segments }: ClipParts) => segments[1] as ClipParts["segments"][number];
const picture = (files: Record<string, Uint8Array>, segment: number, number: number): string =>
  Object.keys(files).find((name) => name.endsWith(`${segment}/${String(number).padStart(5, "0")}.jpg`)) ?? "";

it("says of a clip that everything in it is as it was signed and logged", () => {
  const report = verify(clipFiles(recorded(3)));
  expect(report).toMatchObject({ ok: true, proven: 3, problemCount: 0, clip: { ok: true, camera: CAMERA } });
  expect(report.clip?.segments.map(({ state, frames }) => [state, frames])).toEqual(
    Array(3).fill(["proven", 10]),
  );
});

it("names a picture that was changed, taken away, moved or added", () => {
  const files = clipFiles(recorded(3));
  const [third, fourth] = [picture(files, 1, 3), picture(files, 1, 4)];
  expect(verify({ ...files, [third]: strToU8("encoded anew") }).found).toEqual(["frame_changed 1 3"]);
  const { [third]: bytes = new Uint8Array(), ...without } = files;
  expect(verify(without).found).toEqual(["frame_missing 1 3"]);
  expect(verify({ ...files, [third]: files[fourth] as Uint8Array, [fourth]: bytes }).found).toEqual([
    "frame_moved 1 4",
    "frame_moved 1 3",
  ]);
  expect(verify({ ...files, [third.replace("00003", "00010")]: strToU8("more") }).found).toEqual([
    "frame_added 1 10",
  ]);
  const elsewhere = third.replace(/[0-9a-f-]{36}/, "11111111-1111-4111-8111-111111111111");
  expect(verify({ ...files, [elsewhere]: bytes }).found).toEqual(["frame_added 1"]);
});

it("is not taken in by a list that was changed along with the pictures", () => {
  const cut = changed((parts) => {
    second(parts).frames.splice(5);
    second(parts).offsets.splice(5);
  });
  expect(cut).toEqual(["frames_cut 1"]);
  expect(changed((parts) => second(parts).frames.reverse())).toEqual(["frames_differ 1"]);
  expect(changed((parts) => second(parts).frames.splice(2, 1, strToU8("encoded anew")))).toEqual([
    "frames_differ 1",
  ]);
});

it("names what is dated back, in the list and in what is signed", () => {
  const inList = changed((parts) => {
    second(parts).startMs -= 86_400_000;
  });
  expect(inList).toEqual(["back_dated 1"]);
  const resigned = changed((parts) => {
    const one = second(parts);
    one.startMs -= 86_400_000;
    one.manifest = { ...one.manifest, firstMs: one.startMs, lastMs: one.startMs + 9_000 };
  });
  expect(resigned).toEqual(["entry_differs 1", "back_dated 1", "segment_missing 2"]);
});

it("believes what was logged first of a segment, whatever was logged later", () => {
  const [honest, forged] = [recorded(3), recorded(3)];
  const one = second(forged);
  one.startMs -= 86_400_000;
  one.manifest = { ...one.manifest, firstMs: one.startMs, lastMs: one.startMs + 9_000 };
  const both = evidenceOf({ segments: [...honest.segments, one] });
  expect(verify(clipFiles(honest), both).found).toEqual([]);
  expect(verify(clipFiles(forged), both).found).toEqual([
    "entry_differs 1",
    "back_dated 1",
    "segment_missing 2",
  ]);
});

it("names another camera and a foreign key", () => {
  const other = "0191a000-0000-7000-8000-0000000000ff";
  expect(changed(() => undefined, { camera: other })).toEqual([0, 1, 2].map((one) => `other_camera ${one}`));
  const foreign = changed(() => undefined, { signer: createSigner("gatehouse/recordings/forged") });
  expect(foreign?.filter((text) => text.startsWith("foreign_key"))).toHaveLength(3);
  const files = clipFiles(recorded(3));
  expect(verify(files, withRecorder(evidence, ownerSigner)).found).toContain("recorder_not_certified");
});

it("names a manifest that was changed, and one that was taken away", () => {
  const parts = recorded(3);
  const files = clipFiles(parts);
  const name = `manifests/${second(parts).segment}.txt`;
  const text = strFromU8(files[name] as Uint8Array).replace('"frames":10', '"frames":11');
  expect(verify({ ...files, [name]: strToU8(text) }).found).toEqual([
    "manifest_changed 1",
    "entry_differs 1",
    "frames_cut 1",
    "segment_missing 2",
  ]);
  const { [name]: _gone, ...without } = files;
  expect(verify(without).found).toEqual(["manifest_missing 1", "segment_missing 2"]);
  expect(verify({ ...files, [name]: strToU8("no manifest") }).found).toEqual([
    "manifest_malformed 1",
    "segment_missing 2",
  ]);
});

it("names a whole segment that was cut out, and one that the log does not know", () => {
  expect(changed(({ segments }) => segments.splice(1, 1))).toEqual(["segment_missing 2"]);
  const fourth = recorded(4);
  expect(verify(clipFiles(fourth)).found).toEqual(["not_logged 3"]);
});

it("says of a gap that the clip admits that it is there, and calls the rest genuine", () => {
  const parts = recorded(3);
  parts.segments.splice(1, 1);
  const files = clipFiles(parts);
  const list = JSON.parse(strFromU8(files["clip.json"] as Uint8Array)) as object;
  const gaps = [parts.segments[1]?.segment];
  const report = verify({ ...files, "clip.json": strToU8(JSON.stringify({ ...list, gaps })) });
  expect(report).toMatchObject({ ok: true, found: [] });
  expect(report.clip?.segments.map(({ afterGap }) => afterGap)).toEqual([false, true]);
  expect(clipStatements(report.clip as ClipReport).join()).toContain("NOT WHOLE");
});

it("says that nobody signed what a crash ended, and calls the rest genuine", () => {
  const parts = recorded(3);
  const files = clipFiles(parts);
  const name = `manifests/${(parts.segments[2] as ClipParts["segments"][number]).segment}.txt`;
  const { [name]: _gone, ...without } = files;
  const report = verify(without, evidenceOf({ segments: parts.segments.slice(0, 2) }));
  expect(report.ok).toBe(true);
  expect(report.clip?.segments.map(({ state }) => state)).toEqual(["proven", "proven", "unsigned"]);
});

it("takes any list", () => {
  const files = clipFiles(recorded(1));
  for (const list of ["", "[]", "{}", '{"v":1,"camera":"x","fromMs":0,"toMs":1,"segments":[{}]}', '{"v":2}'])
    expect(verify({ ...files, "clip.json": strToU8(list) }).found).toEqual(["clip_malformed"]);
});
