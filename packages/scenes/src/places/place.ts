import type { Act } from "../people/act.ts";
import type { View } from "../trace/lens.ts";
import type { Stage } from "../trace/plate.ts";

/** A place with its camera, and what happens there. */
export interface Place {
  readonly view: View;
  readonly stage: Stage;
  /** One act or none begins in each span of this length. */
  readonly spanSeconds: number;
  /** Chance that a span has an act. */
  readonly liveliness: number;
  readonly acts: readonly Act[];
}
