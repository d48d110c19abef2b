import type { Look } from "./gate.ts";

const STRONGEST = 9;

/** For timelines: 0 still, 1 just enough to count, one more for each doubling, 9 at most. */
export function strengthDigit({
  share,
  threshold,
  moves,
}: Pick<Look, "share" | "threshold" | "moves">): number {
  return moves ? Math.min(STRONGEST, 1 + Math.floor(Math.log2(share / threshold))) : 0;
}
