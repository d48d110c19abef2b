import { areaOf, type Candidate, intersectionOverUnion } from "./candidate.ts";

/** More claims than that are looked through no further: the time of a look stays bounded whatever a model answers. */
const MAX_CANDIDATES = 1_000;
export const MAX_DETECTIONS = 300;

/**
 * Greedy non-maximum suppression within each class: of boxes that cover each other more than `maxOverlap` the most
 * certain stays. Boxes without finite edges or without area are dropped. The most certain first.
 */
export function suppress(candidates: readonly Candidate[], maxOverlap: number): Candidate[] {
  const sorted = candidates
    .filter(isBox)
    .toSorted((one, other) => other.score - one.score)
    .slice(0, MAX_CANDIDATES);
  const kept: Candidate[] = [];
  for (const candidate of sorted) {
    if (kept.length === MAX_DETECTIONS) break;
    const covered = kept.some(
      (other) =>
        other.classIndex === candidate.classIndex && intersectionOverUnion(other, candidate) > maxOverlap,
    );
    if (!covered) kept.push(candidate);
  }
  return kept;
}

const isBox = (box: Candidate): boolean => {
  const area = areaOf(box);
  return area > 0 && Number.isFinite(area) && Number.isFinite(box.score);
};
