import type { Need } from "./ports.ts";

const MAX_NEEDS = 20;
/** A need without a time comes after those that began at one. */
const STANDING = Number.MAX_SAFE_INTEGER;
const RANK: Readonly<Record<string, number>> = { critical: 0, warning: 1, info: 2 };

/** Most severe first, then the longest waiting; at most 20. */
export function sortNeeds(needs: readonly Need[]): Need[] {
  return [...needs]
    .sort(
      (a, b) =>
        (RANK[a.severity] ?? 3) - (RANK[b.severity] ?? 3) || (a.atMs ?? STANDING) - (b.atMs ?? STANDING),
    )
    .slice(0, MAX_NEEDS);
}
