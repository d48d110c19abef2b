import { several } from "../several.ts";
import { secondText, witnessedSpanText } from "../witness-statements.ts";
import { type ClipProblemKind, type ClipReport, isLate, witnessedSpanOf } from "./clip-report.ts";

const PROBLEMS: Readonly<Record<ClipProblemKind, string>> = {
  clip_malformed: "The list of the clip cannot be read.",
  recorder_not_certified: "The installation's root did not sign for the key of its recordings.",
  manifest_missing: "The log knows what was signed about this segment, and it is not here.",
  manifest_malformed: "What was signed about this segment cannot be read.",
  foreign_key:
    "This segment is signed by another key than that of this installation's recordings or of this camera.",
  manifest_changed: "What was signed about this segment was changed afterwards.",
  other_camera: "This segment is of another camera.",
  other_segment: "What was signed is about another segment.",
  back_dated: "The times are not those that were signed: dated back, or forward.",
  frames_cut: "The segment is a part of what was signed: frames were cut out of it.",
  frames_differ: "The frames are not those that were signed: changed, encoded anew, or in another order.",
  frame_changed: "This frame was changed, or encoded anew.",
  frame_missing: "This frame is missing.",
  frame_moved: "This frame does not stand at its place.",
  frame_added: "This was added: it was not signed.",
  frame_mislabelled: "The list calls this a picture or what was found in one, and it is the other.",
  segment_missing: "The segment that was signed before this one is not here: something was cut out.",
  tail_missing: "The end is missing: the log knows that there is more of what this clip says it holds.",
  not_logged: "Nothing in the log vouches for this segment.",
  entry_differs: "The log holds something else about this segment.",
};

export const clipProblemText = (kind: ClipProblemKind): string => PROBLEMS[kind];

/** What is proven of a clip, a sentence each. */
export function clipStatements({ camera, segments, problemCount }: ClipReport): string[] {
  const count = (state: string): number => segments.filter((one) => one.state === state).length;
  const frames = segments.reduce((sum, one) => sum + (one.state === "proven" ? one.frames : 0), 0);
  const found = segments.reduce((sum, one) => sum + (one.state === "proven" ? one.found : 0), 0);
  const first = segments[0];
  const last = segments.at(-1);
  const [proven, unsigned] = [count("proven"), count("unsigned")];
  const own = segments.filter(({ signedBy }) => signedBy === "camera").length;
  const late = segments.filter(isLate);
  const witnessed = witnessedSpanText(witnessedSpanOf(segments));
  const gaps = segments.filter(({ afterGap }) => afterGap);
  return [
    `Clip of camera ${camera === "" ? "unknown" : camera}: ${proven} of ${segments.length} segments are whole and as they were signed, with ${several(frames, "frame")}${found > 0 ? ` and ${several(found, "record")} of what a detector found in them` : ""}.`,
    ...(first && last
      ? [
          `It holds what was recorded from ${timeText(first.firstMs)} to ${timeText(last.lastMs)}, by the server's clock.`,
        ]
      : []),
    ...(own > 0
      ? [
          `${own} of them ${own === 1 ? "was" : "were"} signed by the camera's own machine, for whose key the installation vouches.`,
        ]
      : []),
    ...gaps.map(
      ({ firstMs }) =>
        `NOT WHOLE: what was signed right before ${timeText(firstMs)} is not in it. It was removed where it was recorded, as old recordings are, or left out here.`,
    ),
    ...late.map(
      ({ firstMs, loggedAt, lastMs, witnessed: span }) =>
        `LOGGED LATE: what was recorded from ${timeText(firstMs)} came into the log ${Math.round((Date.parse(loggedAt ?? "") - lastMs) / 60_000)} minutes after it ended, at ${(loggedAt ?? "").slice(0, 19)}Z by its entry${span?.after ? `; witness ${span.after.witness} saw the log without it at ${secondText(span.after.timeS)}` : ""}. Until then only whoever signed it vouches for its time.`,
    ),
    ...(witnessed === undefined ? [] : [witnessed]),
    ...(unsigned > 0
      ? [`${unsigned} of them NOBODY SIGNED, as after a crash: nothing is proven of these.`]
      : []),
    ...(problemCount === 0 && proven > 0 ? ["What was recorded before and after it is not in it."] : []),
  ];
}

const timeText = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;
