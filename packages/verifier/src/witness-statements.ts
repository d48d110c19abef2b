import type { BackDated, EvidenceReport, Sighting, WitnessedSpan, WitnessFinding } from "@gatehouse/ledger";

/** Of more there is the list of problems. */
export const SHOWN_BACK_DATED = 5;

/** What witnesses say of an export, and of when its events were logged. */
export const witnessStatements = (report: EvidenceReport): string[] => [
  ...report.witnesses.map(witnessText),
  earlierText(report),
  ...report.backDated.slice(0, SHOWN_BACK_DATED).map(backDatedText),
];

function witnessText({ name, state, timeS, isKnown, isOwnMachine }: WitnessFinding): string {
  if (state === "wrong") return `Witness ${name}: its signature is NOT genuine.`;
  if (state === "absent") return `Witness ${name}: has not signed this checkpoint.`;
  const at = secondText(timeS ?? 0);
  if (isOwnMachine)
    return `Witness ${name}: a machine enrolled by the owner of this installation signed at ${at}: protects against an intruder or a clerk, not against the owner.`;
  return isKnown
    ? `Witness ${name}: saw this log at ${at}.`
    : `Witness ${name}: signed at ${at}; its key only came with the export, so this says nothing alone.`;
}

function earlierText({ witnessed, sightings, size }: EvidenceReport): string {
  const word = "for when something was logged there is only the installation's own word.";
  if (witnessed === null)
    return `Earlier checkpoints did not come with it, as in exports of older versions, or were taken out: ${word}`;
  const earlier = sightings.filter((seen) => seen.size < size);
  if (earlier.length === 0) return `No witness saw this log earlier: ${word}`;
  return `Witnesses saw this log earlier, at ${witnessed} ${witnessed === 1 ? "size" : "sizes"}: events are held against their clocks.`;
}

/** The last second of ECMAScript's dates; a witness may sign any number. */
const LAST_S = 8.64e12;

export const secondText = (timeS: number): string =>
  timeS > LAST_S ? `second ${timeS}` : `${new Date(timeS * 1_000).toISOString().slice(0, 19)}Z`;

const backDatedText = ({ index, time, seen }: BackDated): string =>
  `DATED BACK: the event of index ${index} says ${time.slice(0, 19)}Z, and witness ${seen.witness} saw the log without it at ${secondText(seen.timeS)}.`;

/** Undefined where no witness limits it. */
export function witnessedSpanText({ after, by }: WitnessedSpan): string | undefined {
  const sides = [
    ...(after === null ? [] : [`after ${secondText(after.timeS)} (${after.witness})`]),
    ...(by === null ? [] : [`by ${secondText(by.timeS)} (${by.witness})`]),
  ];
  if (sides.length === 0) return undefined;
  return `By the clocks of witnesses it came into the log ${sides.join(" and ")}.${reservation([after, by])}`;
}

function reservation(sightings: readonly (Sighting | null)[]): string {
  const seen = sightings.filter((one) => one !== null);
  if (seen.some(({ isOwnMachine }) => isOwnMachine))
    return " One of them is a machine enrolled by the owner of this installation.";
  return seen.some(({ isKnown }) => !isKnown)
    ? " Their keys only came with the export, so this says nothing alone."
    : "";
}
