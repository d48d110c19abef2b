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
 * Finds out what was done to the lines of an export. `expected` are the leaf hashes that the root bears out, `lines`
 * those of the lines. A line that is no expected leaf is a changed one when it stands where exactly one is missing.
 */
export function matchLines(expected: readonly Uint8Array[], lines: readonly Uint8Array[]): Matched {
  const isSame = (line: Uint8Array, at: number): boolean => sameBytes(line, expected[at] ?? new Uint8Array());
  if (lines.length === expected.length && lines.every(isSame))
    return { places: lines.map((_, at) => at), problems: [] };

  const places = findPlaces(expected, lines);
  const claims = [...places];
  const taken = new Set(places);
  const problems: LineProblem[] = [];
  let previous = -1;
  for (const [line, found] of places.entries()) {
    const next = previous + 1;
    if (found === undefined && (next >= expected.length || taken.has(next))) {
      problems.push({ kind: "added", place: undefined, line });
      continue;
    }
    if (found === undefined) {
      problems.push({ kind: "changed", place: next, line });
      claims[line] = next;
      taken.add(next);
    }
    previous = found ?? next;
  }
  problems.push(...swapped(claims));
  for (let place = 0; place < expected.length; place++) {
    if (!taken.has(place)) problems.push({ kind: "missing", place, line: undefined });
  }
  return { places, problems };
}

/** Every line's place by its hash. Equal leaves are given out in their order. */
function findPlaces(expected: readonly Uint8Array[], lines: readonly Uint8Array[]): (number | undefined)[] {
  const byHash = new Map<string, { readonly places: number[]; used: number }>();
  for (const [place, hash] of expected.entries()) {
    const key = bytesToHex(hash);
    const known = byHash.get(key);
    if (known === undefined) byHash.set(key, { places: [place], used: 0 });
    else known.places.push(place);
  }
  return lines.map((hash) => {
    const known = byHash.get(bytesToHex(hash));
    return known?.places[known.used++];
  });
}

/** Lines that do not stand where they would if the same lines were in order. */
function swapped(claims: readonly (number | undefined)[]): LineProblem[] {
  const present = claims.flatMap((place, line) => (place === undefined ? [] : [{ place, line }]));
  const ordered = present.map(({ place }) => place).sort((one, other) => one - other);
  return present.flatMap(({ place, line }, at) =>
    place === ordered[at] ? [] : [{ kind: "swapped" as const, place, line }],
  );
}
