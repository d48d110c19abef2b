import type { ClipProblemKind, ClipReport } from "./clip-report.ts";

const PROBLEMS: Readonly<Record<ClipProblemKind, string>> = {
  clip_malformed: "The list of the clip cannot be read.",
  recorder_not_certified: "The installation's root did not sign for the key of its recordings.",
  manifest_missing: "The log knows what was signed about this segment, and it is not here.",
  manifest_malformed: "What was signed about this segment cannot be read.",
  foreign_key: "This segment is signed by another key than that of this installation's recordings.",
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
  segment_missing: "The segment that was signed before this one is not here: something was cut out.",
  not_logged: "Nothing in the log vouches for this segment.",
  entry_differs: "The log holds something else about this segment.",
};

export const clipProblemText = (kind: ClipProblemKind): string => PROBLEMS[kind];

/** What is proven of a clip, a sentence each. */
export function clipStatements({ camera, segments, problemCount }: ClipReport): string[] {
  const count = (state: string): number => segments.filter((one) => one.state === state).length;
  const frames = segments.reduce((sum, one) => sum + (one.state === "proven" ? one.frames : 0), 0);
  const first = segments[0];
  const last = segments.at(-1);
  const [proven, unsigned] = [count("proven"), count("unsigned")];
  const gaps = segments.filter(({ afterGap }) => afterGap);
  return [
    `Clip of camera ${camera === "" ? "unknown" : camera}: ${proven} of ${segments.length} segments are whole and as they were signed, with ${frames} frames.`,
    ...(first && last
      ? [
          `It holds what was recorded from ${timeText(first.firstMs)} to ${timeText(last.lastMs)}, by the server's clock.`,
        ]
      : []),
    ...gaps.map(
      ({ firstMs }) =>
        `NOT WHOLE: what was signed right before ${timeText(firstMs)} is not in it. It was removed where it was recorded, as old recordings are, or left out here.`,
    ),
    ...(unsigned > 0
      ? [`${unsigned} of them NOBODY SIGNED, as after a crash: nothing is proven of these.`]
      : []),
    ...(problemCount === 0 && proven > 0 ? ["What was recorded before and after it is not in it."] : []),
  ];
}

const timeText = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;
