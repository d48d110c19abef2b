import type { EvidenceFiles } from "@gatehouse/ledger";
import { strFromU8, strToU8, zipSync } from "fflate";
import { expect, it } from "vitest";
import { createSigner, ownerSigner, rootSigner } from "../../../ledger/src/testing/parties.ts";
import { withWitnessed } from "../../../ledger/src/testing/test-log.ts";
import { openZip } from "../open-export.ts";
import { frenchClipStatements } from "../page/clip-words-fr.ts";
import { filesOf } from "../testing/bad-exports.ts";
import {
  CAMERA,
  type ClipParts,
  clipFiles,
  evidenceOf,
  logOf,
  recorded,
  withRecorder,
} from "../testing/clips.ts";
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

it("names an end that is missing, by what the log has of the clip's span", () => {
  const shorter = clipFiles({ segments: recorded(3).segments.slice(0, 2) });
  const list = JSON.parse(strFromU8(shorter["clip.json"] as Uint8Array)) as { toMs: number };
  const until = (toMs: number) => ({ ...shorter, "clip.json": strToU8(JSON.stringify({ ...list, toMs })) });
  // Until then the third had begun.
  expect(verify(until(list.toMs + 70_000)).found).toEqual(["tail_missing 2"]);
  expect(verify(until(list.toMs)).found).toEqual([]);
  const first = clipFiles({ segments: recorded(3).segments.slice(1) });
  const begun = JSON.parse(strFromU8(first["clip.json"] as Uint8Array)) as { fromMs: number };
  const from = { ...begun, fromMs: begun.fromMs - 60_000 };
  expect(verify({ ...first, "clip.json": strToU8(JSON.stringify(from)) }).found).toEqual([
    "segment_missing 0",
  ]);
});

it("names an end that is missing, by what the log has of its taking out", () => {
  const parts = recorded(2);
  const { fromMs, toMs } = JSON.parse(strFromU8(clipFiles(parts)["clip.json"] as Uint8Array)) as {
    fromMs: number;
    toMs: number;
  };
  const log = (until: number) => evidenceOf(parts, [{ fromMs, toMs: until }]);
  expect(verify(clipFiles(parts), log(toMs)).found).toEqual([]);
  expect(verify(clipFiles(parts), log(toMs + 1)).found).toEqual(["tail_missing"]);
});

it("says of what came into the log long after it ended that it did", () => {
  const { clip } = verify(clipFiles(recorded(1)), evidenceOf(recorded(1)));
  const { segments, ...rest } = clip as ClipReport;
  const loggedAfter = (ms: number) =>
    clipStatements({
      ...rest,
      segments: segments.map((one) => ({ ...one, loggedAt: new Date(one.lastMs + ms).toISOString() })),
    }).filter((text) => text.startsWith("LOGGED LATE"));
  expect(loggedAfter(60_000)).toEqual([]);
  expect(loggedAfter(3_600_000)).toEqual([expect.stringContaining("60 minutes after it ended")]);
});

it("believes a camera that signs itself as far as the key of recordings vouches for it, and for no other camera", () => {
  const machine = createSigner("0191a000-cameras-own");
  const files = clipFiles(recorded(3), { signer: machine });
  const verifyWith = (own: Parameters<typeof withRecorder>[2]) => {
    const report = verify(files, withRecorder(evidence, rootSigner, own));
    return { by: report.clip?.segments.map(({ signedBy }) => signedBy), found: kindsOf(report.found) };
  };
  const kindsOf = (found: readonly string[] = []) => [...new Set(found.map((text) => text.split(" ")[0]))];
  // Whoever signs is in what the log has the hash of: here it has that of the server's.
  const others = ["entry_differs", "segment_missing"];
  const own = verifyWith([{ camera: CAMERA, signer: machine }]);
  expect(own).toEqual({ by: ["camera", "camera", "camera"], found: others });
  for (const wrong of [
    [],
    [{ camera: "0191a000-0000-7000-8000-0000000000ff", signer: machine }],
    [{ camera: CAMERA, signer: machine, by: machine }],
  ])
    expect(verifyWith(wrong)).toEqual({ by: [null, null, null], found: ["foreign_key", ...others] });
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

it("holds what was found in pictures to be as signed as they are", () => {
  const parts = recorded(2, CAMERA, [3, 7]);
  const log = evidenceOf(parts);
  const files = clipFiles(parts);
  const genuine = verify(files, log);
  expect(genuine.found).toEqual([]);
  expect(genuine.clip?.segments).toMatchObject([
    { frames: 8, found: 2 },
    { frames: 8, found: 2 },
  ]);
  const name = Object.keys(files).find((one) => one.endsWith("1/00007.json")) as string;
  const changedBox = strFromU8(files[name] as Uint8Array).replace("person", "nobody");
  expect(verify({ ...files, [name]: strToU8(changedBox) }, log).found).toEqual(["frame_changed 1 7"]);
  const { [name]: _gone, ...without } = files;
  expect(verify(without, log).found).toEqual(["frame_missing 1 7"]);
  const asPicture = strFromU8(files["clip.json"] as Uint8Array).replaceAll("[4,3000", "[1,3000");
  expect(verify({ ...files, "clip.json": strToU8(asPicture) }, log).found).toEqual([
    "frame_mislabelled 0 3",
    "frame_mislabelled 1 3",
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

it("says by the clocks of witnesses when the clip came into the log, and that it came late", () => {
  const log = logOf(recorded(3));
  const START_S = 1_795_255_200;
  const said = (sizes: readonly (readonly [number, number])[], french = false): string => {
    const seen = sizes.map(([size, afterS]) => log.seenAt(size, START_S + afterS));
    const { clip } = verify(clipFiles(recorded(3)), withWitnessed(evidence, seen));
    if (clip === undefined) throw new Error("this is no clip");
    return (french ? frenchClipStatements(clip) : clipStatements(clip)).join(" ");
  };
  // Entries 7 to 9 of a log of eleven, whose own checkpoint the witness signed at the start.
  const both = said([
    [7, -20],
    [10, -10],
  ]);
  expect(both).toContain(
    "came into the log after 2026-11-21T09:59:40Z (gateway-7.example) and by 2026-11-21T09:59:50Z (gateway-7.example). Their keys only came with the export",
  );
  expect(both).not.toContain("LOGGED LATE");
  expect(said([])).toContain("came into the log by 2026-11-21T10:00:00Z");
  const late = [[7, 900]] as const;
  expect(said(late)).toContain("witness gateway-7.example saw the log without it at 2026-11-21T10:15:00Z");
  expect(said(late, true)).toContain(
    "le témoin gateway-7.example a vu le journal sans lui à 2026-11-21T10:15:00Z",
  );
});
