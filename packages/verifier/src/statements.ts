import type { EvidenceReport, ProblemKind, SeamFinding } from "@gatehouse/ledger";
import { several } from "./several.ts";
import { witnessStatements } from "./witness-statements.ts";

/** What each problem means for who reads the export. */
const PROBLEMS: Readonly<Record<ProblemKind, string>> = {
  keys_malformed: "The keys cannot be read.",
  log_not_certified: "The installation's root did not sign for the key of this log.",
  fingerprint_differs: "The fingerprint is not the one you gave: this comes from another installation.",
  checkpoint_malformed: "The checkpoint cannot be read.",
  checkpoint_not_signed: "The log did not sign this checkpoint.",
  cosignature_wrong: "A witness's signature under the checkpoint is not genuine.",
  proofs_malformed: "The proofs cannot be read.",
  too_many_events: "There are more events than an export can hold.",
  root_differs: "The leaf hashes are not those of the log under this checkpoint.",
  proof_wrong: "This event is not in the log at this index.",
  not_canonical: "This event can be read in two ways.",
  personal_malformed: "A revealed value cannot be read.",
  personal_differs: "A revealed value is not the one that the event holds.",
  seams_malformed: "What is said of logs before and after this one cannot be read.",
  seam_wrong:
    "A log that is said to have ended, or to follow, is not borne out by its entry and checkpoints.",
  witnessed_malformed: "What witnesses are said to have signed before cannot be read.",
  witnessed_wrong: "An earlier checkpoint is not one of this log, or this log does not continue it.",
  back_dated:
    "This event says that it is older than it can be: a witness saw the log without it more than ten minutes later. It was dated back, or a clock was wrong.",
  changed: "This event was changed.",
  missing: "This event is missing.",
  swapped: "This event does not stand at its place.",
  added: "This line was added: it is not in the log.",
};

export const problemText = (kind: ProblemKind): string => PROBLEMS[kind];

/** The one sentence above everything else. */
export function verdictText({ ok, pinned, problemCount }: EvidenceReport): string {
  if (!ok) return `NOT GENUINE: ${problemCount} ${problemCount === 1 ? "problem" : "problems"}.`;
  return pinned === "pinned"
    ? "Genuine: everything is as this installation logged it."
    : "Nothing contradicts itself, but it is NOT PINNED: compare the fingerprint with the one on paper.";
}

/** What is proven, a sentence each. */
export function statements(report: EvidenceReport): string[] {
  const { range, proven, lines, revealed, origin, size } = report;
  return [
    `Checkpoint: ${several(size, "event")} of ${origin === "" ? "an unknown log" : origin}.`,
    `${proven} of ${lines} events are in the log as they stand here.`,
    ...(range === null
      ? ["Each event has a proof of its own; nothing is said of what lies between them."]
      : [rangeText(range)]),
    ...(revealed > 0 ? [`${several(revealed, "value")} about people: as the events hold them.`] : []),
    ...report.seams.map(seamText),
    ...witnessStatements(report),
  ];
}

function seamText({ ended, size, begun, time, isAcknowledged }: SeamFinding): string {
  const owner = isAcknowledged
    ? "The owner acknowledged it."
    : "The owner has NOT acknowledged it: ask what happened.";
  return `Seam: a backup was restored at ${time.slice(0, 19)}Z. ${ended} ended with ${several(size, "event")}, ${begun} follows; what was logged after that backup is in neither. ${owner}`;
}

function rangeText({ from, to, unlisted }: NonNullable<EvidenceReport["range"]>): string {
  if (from === to) return "The range is empty.";
  const whole = `Range: indexes ${from} to ${to - 1}, none left out.`;
  return unlisted === 0
    ? whole
    : `${whole} ${unlisted} of them stand there by their hash alone: not asked for, or not yours.`;
}
