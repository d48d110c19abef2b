import type { CaseProblemKind, CaseReport } from "./verify-case.ts";

const PROBLEMS: Readonly<Record<CaseProblemKind, string>> = {
  case_malformed: "The list of the bundle cannot be read.",
  file_missing: "The list of the bundle names this file, and it is not here.",
  file_differs: "This file is not the one that the list of the bundle names.",
};

export const caseProblemText = (kind: CaseProblemKind): string => PROBLEMS[kind];

/** What is said of a bundle beside what is said of each of its clips. */
export function caseStatements({ clips, unproven }: CaseReport): string[] {
  return [
    `Bundle of ${clips.length} ${clips.length === 1 ? "clip" : "clips"}, each proven by itself.`,
    ...(unproven.length === 0
      ? []
      : [
          `NOT PROVEN, only listed: ${unproven.join(", ")}. Films and a report are made anew by whoever made the bundle; the frames are what was sealed.`,
        ]),
  ];
}
