// What somebody who holds a device's key sends in its name, from one moment on.
import type { Random } from "@gatehouse/base";
import { gaussian, type Sample, STEP_MS } from "./poisoning-world.ts";

export const KINDS = ["offset", "drift", "replay", "stuck", "noise", "coordinated"] as const;
export type Kind = (typeof KINDS)[number];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STEPS_PER_HOUR = HOUR_MS / STEP_MS;
const STEPS_PER_DAY = DAY_MS / STEP_MS;

/** Later than this after the attack began a quarantine does not count as detection. */
export const WITHIN_MS: Readonly<Record<Kind, number>> = {
  offset: DAY_MS,
  drift: 7 * DAY_MS,
  replay: DAY_MS,
  stuck: DAY_MS,
  noise: DAY_MS,
  coordinated: 3 * DAY_MS,
};

export interface Attack {
  readonly kind: Kind;
  readonly device: number;
  readonly startStep: number;
  /** What is sent instead of the truth. `sinceStep` counts from the start of the attack. */
  forge(truth: Sample, sinceStep: number, past: (step: number) => Sample | undefined): Sample;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
const between = (random: Random, low: number, high: number): number => low + (high - low) * random.ratio();
const sign = (random: Random): number => (random.ratio() < 0.5 ? -1 : 1);

type Forge = Attack["forge"];

/** Temperature only: who forges a reading wants one number to be wrong. */
const warmer = (truth: Sample, by: number): Sample => ({
  ...truth,
  temperature: rounded(truth.temperature + by),
});

const FORGERS: Readonly<Record<Exclude<Kind, "coordinated">, (random: Random) => Forge>> = {
  /** 3 to 8 °C at once. */
  offset(random) {
    const by = sign(random) * between(random, 3, 8);
    return (truth) => warmer(truth, by);
  },
  /** 0.4 to 1 °C a day, day after day. */
  drift(random) {
    const perStep = (sign(random) * between(random, 0.4, 1)) / STEPS_PER_DAY;
    return (truth, since) => warmer(truth, perStep * since);
  },
  /** A day recorded one to five days before, in a loop; every fourth attacker blurs the temperature by 0.1 °C. */
  replay(random) {
    const back = Math.round(between(random, 1, 5) * STEPS_PER_DAY);
    const blurs = random.ratio() < 0.25;
    return (truth, since, past) => {
      const taken = past((since % STEPS_PER_DAY) - back) ?? truth;
      return blurs ? warmer(taken, 0.1 * gaussian(random)) : taken;
    };
  },
  /** The last value for ever. */
  stuck() {
    let held: Sample | undefined;
    return (truth) => {
      held ??= truth;
      return held;
    };
  },
  /** Normal noise of 0.6 to 2 °C on top. */
  noise(random) {
    const sd = between(random, 0.6, 2);
    return (truth) => warmer(truth, sd * gaussian(random));
  },
};

/** Three or four of a site's ten: the same 1.5 to 3 °C, reached over six hours. */
function forgeTogether(by: number): Forge {
  return (truth, since) => warmer(truth, by * Math.min(1, since / (6 * STEPS_PER_HOUR)));
}

const FIRST_DAY = 9;
const LAST_DAY = 20;
const PER_KIND = 16;
const GROUPS = 4;

/**
 * `PER_KIND` devices of each kind, at most six of a site, and `GROUPS` further sites with a group that acts together;
 * each begins at a time of its own between days 9 and 20.
 */
export function planAttacks(random: Random, sites: number, perSite: number): Attack[] {
  const startStep = (): number => Math.floor(between(random, FIRST_DAY, LAST_DAY) * STEPS_PER_DAY);
  const attacks: Attack[] = [];
  for (let site = 0; site < GROUPS; site++) {
    const begins = startStep();
    const by = sign(random) * between(random, 1.5, 3);
    const count = random.ratio() < 0.5 ? 3 : 4;
    for (const seat of shuffled(random, perSite).slice(0, count))
      attacks.push({
        kind: "coordinated",
        device: site * perSite + seat,
        startStep: begins,
        forge: forgeTogether(by),
      });
  }
  const free = shuffled(random, (sites - GROUPS) * perSite).map((seat) => seat + GROUPS * perSite);
  const taken = new Map<number, number>();
  for (const kind of KINDS) {
    if (kind === "coordinated") continue;
    for (let i = 0; i < PER_KIND; ) {
      const device = free.pop();
      if (device === undefined) break;
      const site = Math.floor(device / perSite);
      const there = taken.get(site) ?? 0;
      if (there >= 6) continue;
      taken.set(site, there + 1);
      attacks.push({ kind, device, startStep: startStep(), forge: FORGERS[kind](random) });
      i++;
    }
  }
  return attacks;
}

function shuffled(random: Random, count: number): number[] {
  const all = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random.ratio() * (i + 1));
    [all[i], all[j]] = [all[j] as number, all[i] as number];
  }
  return all;
}
