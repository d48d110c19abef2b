import type { Clock } from "@gatehouse/base";

export type Values = Record<string, number | boolean>;

/** `absent`: this machine has no such hardware. `failed`: it has, and it did not answer properly. Never invented. */
export type Measurement =
  | { readonly state: "present"; readonly values: Values }
  | { readonly state: "absent"; readonly reason: string }
  | { readonly state: "failed"; readonly values: Values; readonly reason: string };

export interface Sensor {
  readonly id: string;
  measure(): Promise<Measurement>;
}

/** Where sensors look: the machine, or a folder that looks like one. */
export interface Machine {
  /** "/" in earnest. */
  readonly root: string;
  readonly clock: Clock;
}

export const present = (values: Values): Measurement => ({ state: "present", values });
export const absent = (reason: string): Measurement => ({ state: "absent", reason });
export const failed = (reason: string, values: Values = {}): Measurement => ({
  state: "failed",
  values,
  reason,
});

/** To so many decimals: what is beyond is noise and costs bytes. */
export function rounded(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}

/** As part of a metric's name: letters, digits, `_`, `-`, without the dots that separate its levels. */
export const metricPart = (name: string): string => name.replace(/[^A-Za-z0-9_-]+/g, "_").slice(0, 32);
