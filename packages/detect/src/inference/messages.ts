import type { Detection, LookOptions, Picture, Size } from "../detector.ts";
import type { Family } from "../output/layout.ts";

/** What goes to where a model runs: its settings come with its start. */
export interface Look {
  readonly id: number;
  readonly picture: Pick<Picture, "width" | "height" | "rgb" | "atMs">;
  readonly options: LookOptions;
}

export interface Ready {
  readonly kind: "ready";
  readonly labels: readonly string[];
  readonly inputSize: Size;
  readonly family: Family;
}

/** What comes from there: once that it is ready or why its model is refused, then one answer a look. */
export type FromHost =
  | Ready
  | { readonly kind: "refused"; readonly reason: string; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: "found"; readonly id: number; readonly detections: readonly Detection[] }
  | { readonly kind: "failed"; readonly id: number; readonly message: string };
