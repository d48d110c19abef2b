// Honest thermometers of some sites, in memory: shared weather, houses that follow it, doors, heaters, gaps.
import { type Random, seededRandom } from "@gatehouse/base";

export const STEP_MS = 300_000;
const STEPS_PER_DAY = 288;
const STEPS_PER_HOUR = 12;
const HOURS = 24;

export interface Sample {
  temperature: number;
  humidity: number;
}

export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.ratio())) * Math.cos(2 * Math.PI * random.ratio());
}

const between = (random: Random, low: number, high: number): number => low + (high - low) * random.ratio();

/** A random walk that returns: standard deviation `sd`, forgotten within `steps`. */
function wander(random: Random, sd: number, steps: number): () => number {
  const keep = Math.exp(-1 / steps);
  const push = sd * Math.sqrt(1 - keep * keep);
  let value = sd * gaussian(random);
  return () => {
    value = keep * value + push * gaussian(random);
    return value;
  };
}

/** Fronts of two days, a day's swing that clouds flatten, and air that is dry or wet on its own account. */
class Site {
  temperature = 0;
  dampness = 0;
  readonly #random: Random;
  readonly #front: () => number;
  readonly #damp: () => number;
  readonly #swing: number;
  readonly #noonHour: number;
  #sun = 0.7;

  constructor(random: Random) {
    this.#random = random;
    this.#front = wander(random, between(random, 2, 4), 2 * STEPS_PER_DAY);
    this.#damp = wander(random, 5, STEPS_PER_DAY);
    this.#swing = between(random, 3, 6);
    this.#noonHour = between(random, 13, 16);
  }

  step(step: number): void {
    if (step % STEPS_PER_DAY === 0) this.#sun = between(this.#random, 0.25, 1);
    const hour = (step / STEPS_PER_HOUR) % HOURS;
    const course = Math.cos(((hour - this.#noonHour) / HOURS) * 2 * Math.PI);
    this.temperature = this.#front() + this.#swing * this.#sun * course;
    this.dampness = this.#damp();
  }
}

/** One sensor: how much of the weather reaches it and how late, its own wandering, and what people do around it. */
class Sensor {
  readonly #site: Site;
  readonly #random: Random;
  readonly #gain: number;
  readonly #lag: number;
  readonly #mean: number;
  readonly #wet: number;
  readonly #noise: number;
  readonly #wander: () => number;
  #felt = 0;
  #event = 0;
  #heatSteps = 0;
  #heat = 0;
  #silentSteps = 0;

  constructor(site: Site, random: Random) {
    this.#site = site;
    this.#random = random;
    this.#gain = between(random, 0.2, 1);
    this.#lag = between(random, 2, 5 * STEPS_PER_HOUR);
    this.#mean = between(random, 12, 23);
    this.#wet = between(random, 40, 60);
    this.#noise = between(random, 0.03, 0.15);
    this.#wander = wander(random, between(random, 0.1, 0.35), STEPS_PER_DAY / 2);
  }

  /** Undefined while it is silent. */
  step(): Sample | undefined {
    const random = this.#random;
    this.#felt += (this.#site.temperature - this.#felt) / this.#lag;
    this.#happen();
    const own = this.#wander() + this.#event + this.#heat;
    const warm = this.#gain * this.#felt + own;
    const dry = -2.5 * warm + this.#gain * this.#site.dampness + 0.4 * gaussian(random);
    if (this.#silentSteps-- > 0) return undefined;
    return {
      temperature: Math.round((this.#mean + warm + this.#noise * gaussian(random)) * 10) / 10,
      humidity: Math.round(Math.min(100, Math.max(0, this.#wet + dry))),
    };
  }

  /** A door every two or three days, a heater once a week, a gap every three weeks. */
  #happen(): void {
    const random = this.#random;
    if (random.ratio() < 0.4 / STEPS_PER_DAY) this.#event -= between(random, 2, 7) * this.#gain;
    this.#event *= 1 - 1 / 5;
    if (random.ratio() < 0.15 / STEPS_PER_DAY)
      this.#heatSteps = Math.round(between(random, 1, 4) * STEPS_PER_HOUR);
    const goal = this.#heatSteps-- > 0 ? 5 : 0;
    this.#heat += (goal - this.#heat) / (goal > 0 ? 9 : 14);
    if (random.ratio() < 0.05 / STEPS_PER_DAY)
      this.#silentSteps = Math.round(between(random, 1, 8) * STEPS_PER_HOUR);
  }
}

/** Sensors stand in order of their sites: `perSite` of each. */
export class World {
  readonly #sites: Site[];
  readonly #sensors: Sensor[];

  constructor(seed: number, sites: number, perSite: number) {
    const random = seededRandom(seed);
    const fork = (): Random => seededRandom(Math.floor(random.ratio() * 2 ** 31));
    this.#sites = Array.from({ length: sites }, () => new Site(fork()));
    this.#sensors = this.#sites.flatMap((site) =>
      Array.from({ length: perSite }, () => new Sensor(site, fork())),
    );
  }

  step(step: number): (Sample | undefined)[] {
    for (const site of this.#sites) site.step(step);
    return this.#sensors.map((sensor) => sensor.step());
  }
}
