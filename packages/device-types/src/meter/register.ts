import type { Random, UnixMs } from "@gatehouse/base";
import { between, DAY_MS, gaussian, HOUR_MS, hourOf, stopwatch } from "../simulation.ts";

export interface MeterOptions {
  /** The register rolls over at 10^digits Wh; 8 unless told (99,999.999 kWh). */
  readonly digits?: number;
  /** Where the register stands, Wh; anywhere below the rollover unless told. */
  readonly startWh?: number;
}

/** What a meter shows at one time; what happened since the last reading is told once. */
export interface RegisterState {
  readonly serial: string;
  readonly digits: number;
  readonly wh: number;
  readonly powerW: number;
  readonly tamper: boolean;
  readonly rolledOver: boolean;
  readonly replaced: boolean;
}

/** A household's meter, as a meter: its register only rises but for rollover and replacement. */
export interface SimulatedRegister {
  /** Counts up to `nowMs`; what was longer than a day is counted as a day. */
  read(nowMs: UnixMs, noise: Random): RegisterState;
  /** Somebody opens or closes the cover. */
  setTamper(isOpen: boolean): void;
  /** Another meter in its place: a new serial number, a register that begins at zero. */
  replace(random: Random): void;
}

const DEFAULT_DIGITS = 8;

const serialOf = (random: Random): string =>
  `GH${Array.from({ length: 8 }, () => Math.floor(random.ratio() * 10)).join("")}`;

/** How much a household draws at this hour, 1 in the mean of a day: little at night, a morning, a larger evening. */
export function dailyLoad(nowMs: UnixMs): number {
  const hour = hourOf(nowMs);
  const bump = (atHour: number, width: number): number => {
    const apart = Math.min(Math.abs(hour - atHour), 24 - Math.abs(hour - atHour));
    return Math.exp(-((apart / width) ** 2));
  };
  const isWeekend = [0, 6].includes(new Date(nowMs).getUTCDay());
  return 0.42 + (isWeekend ? 0.5 : 0.85) * bump(7.5, 1.6) + 0.45 * bump(13, 2.5) + 1.7 * bump(19.5, 2.4);
}

export function simulateRegister(random: Random, options: MeterOptions = {}): SimulatedRegister {
  const digits = options.digits ?? DEFAULT_DIGITS;
  const size = 10 ** digits;
  const meanW = between(random, 180, 900);
  const elapsed = stopwatch(DAY_MS);
  let serial = serialOf(random);
  let wh = options.startWh ?? Math.floor(random.ratio() * size);
  let tamper = false;
  let replaced = false;
  return {
    read(nowMs, noise) {
      const elapsedMs = elapsed(nowMs);
      const powerW = Math.max(5, meanW * dailyLoad(nowMs) * (1 + 0.15 * gaussian(noise)));
      const next = wh + (powerW * elapsedMs) / HOUR_MS;
      wh = next % size;
      const state = {
        serial,
        digits,
        wh: Math.floor(wh),
        powerW: Math.round(powerW),
        tamper,
        rolledOver: next >= size,
        replaced,
      };
      replaced = false;
      return state;
    },
    setTamper(isOpen) {
      tamper = isOpen;
    },
    replace(chance) {
      serial = serialOf(chance);
      wh = 0;
      replaced = true;
      tamper = false;
    },
  };
}
