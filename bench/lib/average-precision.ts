import { type Box, type Detection, intersectionOverUnion } from "@gatehouse/detect";

export interface LabelledFrame {
  readonly people: readonly Box[];
  /** Who is mostly hidden: neither found nor missed. */
  readonly hidden: readonly Box[];
}

/** A box covers who is there when both share half of what either covers. */
const MIN_OVERLAP = 0.5;

interface Judged {
  readonly score: number;
  readonly isRight: boolean;
}

/** Of one frame: the most certain first takes the person that it covers best; what covers somebody hidden is left out. */
function judge(frame: LabelledFrame, found: readonly Detection[]): Judged[] {
  const taken = new Set<Box>();
  return found
    .toSorted((one, other) => other.score - one.score)
    .flatMap((detection): Judged[] => {
      const best = frame.people
        .filter((person) => !taken.has(person))
        .map((person) => ({ person, overlap: intersectionOverUnion(person, detection) }))
        .toSorted((one, other) => other.overlap - one.overlap)[0];
      if (best !== undefined && best.overlap >= MIN_OVERLAP) {
        taken.add(best.person);
        return [{ score: detection.score, isRight: true }];
      }
      const isHidden = frame.hidden.some((person) => intersectionOverUnion(person, detection) >= MIN_OVERLAP);
      return isHidden ? [] : [{ score: detection.score, isRight: false }];
    });
}

/**
 * Area below the curve of precision over recall, each precision the best at that recall or a higher one: AP50 as
 * PASCAL VOC has counted since 2010.
 */
export function averagePrecision(
  frames: readonly LabelledFrame[],
  found: readonly (readonly Detection[])[],
): number {
  const judged = frames
    .flatMap((frame, i) => judge(frame, found[i] ?? []))
    .toSorted((one, other) => other.score - one.score);
  const people = frames.reduce((sum, frame) => sum + frame.people.length, 0);
  let right = 0;
  const points = judged.map(({ isRight }, i) => {
    if (isRight) right++;
    return { recall: right / people, precision: right / (i + 1) };
  });
  let [area, best, recallAbove] = [0, 0, points.at(-1)?.recall ?? 0];
  for (const { recall, precision } of points.toReversed()) {
    area += (recallAbove - recall) * best;
    best = Math.max(best, precision);
    recallAbove = recall;
  }
  return area + recallAbove * best;
}

/** How many of the people are found, and how many of the boxes are people, at this certainty. */
export function atScore(
  frames: readonly LabelledFrame[],
  found: readonly (readonly Detection[])[],
  minScore: number,
): { readonly recall: number; readonly precision: number } {
  const judged = frames.flatMap((frame, i) =>
    judge(
      frame,
      (found[i] ?? []).filter(({ score }) => score >= minScore),
    ),
  );
  const right = judged.filter(({ isRight }) => isRight).length;
  const people = frames.reduce((sum, frame) => sum + frame.people.length, 0);
  return { recall: right / people, precision: judged.length === 0 ? 1 : right / judged.length };
}
