import type { CarPaint } from "./car.ts";
import type { Look } from "./looks.ts";
import type { Step } from "./route.ts";

export interface Walker {
  readonly look: Look;
  readonly walk: readonly Step[];
  readonly metresPerSecond: number;
}

export interface Drive {
  readonly paint: CarPaint;
  readonly drive: readonly Step[];
  readonly metresPerSecond: number;
}

/** What happens once, from the first step of the first to the last step of the last. */
export interface Act {
  readonly persons: readonly Walker[];
  readonly cars?: readonly Drive[];
}
