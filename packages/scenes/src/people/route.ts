/** Where somebody goes next, and what they do there. */
export interface Step {
  /** Metres on the floor. */
  readonly to: readonly [x: number, z: number];
  readonly waitSeconds?: number;
  /** While they wait: radians, 0 towards +z, a quarter turn towards +x. */
  readonly facing?: number;
  /** With a hand: at a door, a meter, a bell. */
  readonly doing?: "reach";
}

/** How somebody stands or walks at one moment. */
export interface Pose {
  readonly x: number;
  readonly z: number;
  readonly yaw: number;
  /** Walked so far: drives the legs. */
  readonly metres: number;
  /** 0 stands, 1 walks. */
  readonly stride: number;
  /** 0 hand down, 1 hand out. */
  readonly reach: number;
}

interface Leg {
  readonly fromS: number;
  readonly toS: number;
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly yaw: number;
  readonly metresBefore: number;
  readonly reaches: boolean;
}

/** Nobody turns on the spot: place and direction are averaged over this long before and after. */
const ROUNDING_S = 0.4;
const ROUNDING_STEPS = 5;

/** Steps as a course in time. */
export class Route {
  readonly seconds: number;
  readonly #legs: readonly Leg[];

  constructor(steps: readonly Step[], metresPerSecond: number) {
    const legs: Leg[] = [];
    let nowS = 0;
    let metres = 0;
    for (const [i, { to, waitSeconds, facing, doing }] of steps.entries()) {
      const from = steps[i - 1]?.to ?? to;
      const way = Math.hypot(to[0] - from[0], to[1] - from[1]);
      const yaw = way > 0 ? Math.atan2(to[0] - from[0], to[1] - from[1]) : (legs.at(-1)?.yaw ?? 0);
      const push = (leg: Pick<Leg, "from" | "yaw" | "reaches">, seconds: number): void => {
        legs.push({ ...leg, to, fromS: nowS, toS: nowS + seconds, metresBefore: metres });
        nowS += seconds;
      };
      if (way > 0) push({ from, yaw, reaches: false }, way / metresPerSecond);
      metres += way;
      if (waitSeconds !== undefined)
        push({ from: to, yaw: facing ?? yaw, reaches: doing === "reach" }, waitSeconds);
    }
    this.#legs = legs;
    this.seconds = nowS;
  }

  at(seconds: number): Pose {
    let x = 0;
    let z = 0;
    let ahead = 0;
    let aside = 0;
    let stride = 0;
    let reach = 0;
    let metres = 0;
    for (let i = 0; i < ROUNDING_STEPS; i++) {
      const shift = (i / (ROUNDING_STEPS - 1) - 0.5) * 2 * ROUNDING_S;
      const { leg, share } = this.#legAt(seconds + shift);
      const way = Math.hypot(leg.to[0] - leg.from[0], leg.to[1] - leg.from[1]);
      x += (leg.from[0] + (leg.to[0] - leg.from[0]) * share) / ROUNDING_STEPS;
      z += (leg.from[1] + (leg.to[1] - leg.from[1]) * share) / ROUNDING_STEPS;
      ahead += Math.cos(leg.yaw);
      aside += Math.sin(leg.yaw);
      stride += (way > 0 ? 1 : 0) / ROUNDING_STEPS;
      reach += (leg.reaches ? 1 : 0) / ROUNDING_STEPS;
      metres += (leg.metresBefore + way * share) / ROUNDING_STEPS;
    }
    return { x, z, yaw: Math.atan2(aside, ahead), metres, stride, reach };
  }

  #legAt(seconds: number): { leg: Leg; share: number } {
    const within = Math.min(Math.max(seconds, 0), this.seconds);
    const leg = this.#legs.find(({ toS }) => within <= toS) ?? (this.#legs.at(-1) as Leg);
    return { leg, share: Math.min(1, Math.max(0, (within - leg.fromS) / (leg.toS - leg.fromS))) };
  }
}
