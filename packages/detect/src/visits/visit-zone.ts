import { type MotionZone, zonesAt } from "@gatehouse/motion";
import type { FoundThing } from "./visit.ts";

/** A zone that may ask for more than feet in it; of a watch zone only. */
export interface VisitZone extends MotionZone {
  /** A look that is less sure, 0…1, does not count in it. */
  readonly minScore?: number;
  /** Who has stayed in it for less time does not count in it. */
  readonly loiterSeconds?: number;
}

/**
 * Watch zones in which a look at something counts: none where all of the picture is watched; undefined where it counts
 * nowhere. Feet decide: the middle of the lower edge.
 */
export function zonesOf(zones: readonly VisitZone[], thing: FoundThing): readonly VisitZone[] | undefined {
  const { x, y, width, height, score } = thing;
  const at = zonesAt(zones, [x + width / 2, y + height]);
  if (at === undefined || at.length === 0) return at;
  const sure = at.filter(({ minScore = 0 }) => score >= minScore);
  return sure.length > 0 ? sure : undefined;
}
