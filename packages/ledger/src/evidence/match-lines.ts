import { bytesToHex } from "@noble/hashes/utils.js";
import { sameBytes } from "../bytes.ts";

export type LineProblemKind = "changed" | "missing" | "swapped" | "added";

export interface LineProblem {
  readonly kind: LineProblemKind;
  /** Place among the expected leaves; undefined for an added line. */
  readonly place: number | undefined;
  /** Place among the lines; undefined for a missing event. */
  readonly line: number | undefined;
}

export interface Matched {
  /** For each line the expected leaf that it is, unchanged; undefined for changed and added ones. */
  readonly places: readonly (number | undefined)[];
  readonly problems: readonly LineProblem[];
}

/**
 * Finds out what was done to the lines of an export: goes along leaves and lines together, as docs/verify.md says.
 * `expected` are the leaf hashes that the export claims, `lines` those of its lines.
 */
export function matchLines(expected: readonly Uint8Array[], lines: readonly Uint8Array[]): Matched {
  const isSame = (line: Uint8Array, at: number): boolean => sameBytes(line, expected[at] ?? new Uint8Array());
  if (lines.length === expected.length && lines.every(isSame))
    return { places: lines.map((_, at) => at), problems: [] };
  return walk(expected.map(bytesToHex), lines.map(bytesToHex));
}

function walk(leaves: readonly string[], lines: readonly string[]): Matched {
  const [missing, surplus] = [moreOf(leaves, lines), moreOf(lines, leaves)];
  const placeOf = new Map(leaves.map((leaf, place) => [leaf, place]));
  const places: (number | undefined)[] = lines.map(() => undefined);
  const problems: LineProblem[] = [];
  for (let [place, line] = [0, 0]; place < leaves.length || line < lines.length; ) {
    const [leaf, found] = [leaves[place], lines[line]];
    const isMissing = leaf !== found && take(missing, leaf);
    const isAdded = leaf !== found && take(surplus, found);
    if (isMissing && isAdded) problems.push({ kind: "changed", place, line });
    else if (isMissing) problems.push({ kind: "missing", place, line: undefined });
    else if (isAdded) problems.push({ kind: "added", place: undefined, line });
    else {
      // The leaf of this place, or a line that belongs to another one.
      const own = leaf === found ? place : placeOf.get(found as string);
      places[line] = own;
      if (leaf !== found) problems.push({ kind: "swapped", place: own, line });
    }
    if (isMissing || !isAdded) place++;
    if (isAdded || !isMissing) line++;
  }
  return { places, problems };
}

/** How many more of each there are in one list than in the other. */
function moreOf(one: readonly string[], other: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of one) counts.set(text, (counts.get(text) ?? 0) + 1);
  for (const text of other) counts.set(text, (counts.get(text) ?? 0) - 1);
  return counts;
}

/** Whether there was one left, which is gone then. */
function take(counts: Map<string, number>, text: string | undefined): boolean {
  const left = text === undefined ? 0 : (counts.get(text) ?? 0);
  if (left <= 0) return false;
  counts.set(text as string, left - 1);
  return true;
}
