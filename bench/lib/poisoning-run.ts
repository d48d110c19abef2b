// One month of 200 devices under attack, seen by Gatehouse and by the peer.
import { seededRandom } from "@gatehouse/base";
import { findDeviceType } from "@gatehouse/device-types";
import { PlausibilityWatch, SLOT_MS } from "@gatehouse/plausibility";
import { type Attack, type Kind, planAttacks, WITHIN_MS } from "./poisoning-attacks.ts";
import { ThreeSigma } from "./poisoning-peer.ts";
import { type Sample, STEP_MS, World } from "./poisoning-world.ts";

const SITES = 20;
const PER_SITE = 10;
const DAYS = 30;
const DAY_MS = 86_400_000;
const STEPS = (DAYS * DAY_MS) / STEP_MS;
const STEPS_PER_SLOT = SLOT_MS / STEP_MS;
/** Midnight UTC, 1 March 2026. */
const START_MS = 1_772_323_200_000;

export interface Tally {
  readonly attacked: Record<Kind, number>;
  readonly detected: Record<Kind, number>;
  readonly hoursToDetect: Record<Kind, number[]>;
  falseQuarantines: number;
  honestDeviceDays: number;
  /** What the wrong quarantines said. */
  readonly falseReasons: Record<string, number>;
}

const perKind = <T>(make: () => T): Record<Kind, T> => ({
  offset: make(),
  drift: make(),
  replay: make(),
  stuck: make(),
  noise: make(),
  coordinated: make(),
});

export const newTally = (): Tally => ({
  attacked: perKind(() => 0),
  detected: perKind(() => 0),
  hoursToDetect: perKind(() => []),
  falseQuarantines: 0,
  honestDeviceDays: 0,
  falseReasons: {},
});

/** Which quarantine was right. Somebody takes a wrong one back at once. */
class Referee {
  readonly tally: Tally;
  readonly #attacks: Map<number, Attack>;
  readonly #caught = new Set<number>();

  constructor(tally: Tally, attacks: readonly Attack[]) {
    this.tally = tally;
    this.#attacks = new Map(attacks.map((attack) => [attack.device, attack]));
    for (const { kind } of attacks) tally.attacked[kind]++;
    const honestSteps =
      STEPS * SITES * PER_SITE - attacks.reduce((sum, { startStep }) => sum + STEPS - startStep, 0);
    tally.honestDeviceDays += (honestSteps * STEP_MS) / DAY_MS;
  }

  isCaught(device: number): boolean {
    return this.#caught.has(device);
  }

  /** True when the device was honest. */
  quarantined(device: number, step: number, reason: string): boolean {
    const attack = this.#attacks.get(device);
    if (attack === undefined || step < attack.startStep) {
      this.tally.falseQuarantines++;
      this.tally.falseReasons[reason] = (this.tally.falseReasons[reason] ?? 0) + 1;
      return true;
    }
    this.#caught.add(device);
    const tookMs = (step - attack.startStep) * STEP_MS;
    if (tookMs > WITHIN_MS[attack.kind]) return false;
    this.tally.detected[attack.kind]++;
    this.tally.hoursToDetect[attack.kind].push(tookMs / 3_600_000);
    return false;
  }
}

export interface Month {
  readonly verdicts: number;
  /** Of processor time: this machine has other work too. */
  readonly judgingMs: number;
}

/** Adds a month from this seed to both tallies. */
export function runMonth(seed: number, ours: Tally, peers: Tally): Month {
  const world = new World(seed, SITES, PER_SITE);
  const attacks = planAttacks(seededRandom(seed ^ 0x5eed), SITES, PER_SITE);
  const gatehouse = new Gatehouse(new Referee(ours, attacks));
  const peer = new Peer(new Referee(peers, attacks));
  const byDevice = new Map(attacks.map((attack) => [attack.device, attack]));
  const truths: (Sample | undefined)[][] = [];
  for (let step = 0; step < STEPS; step++) {
    const truth = world.step(step);
    truths.push(truth);
    const sent = truth.map((sample, device) => {
      const attack = byDevice.get(device);
      if (sample === undefined || attack === undefined || step < attack.startStep) return sample;
      return attack.forge(sample, step - attack.startStep, (at) => truths[attack.startStep + at]?.[device]);
    });
    gatehouse.step(step, sent);
    peer.step(step, sent);
  }
  return { verdicts: gatehouse.verdicts, judgingMs: gatehouse.judgingMs };
}

class Gatehouse {
  verdicts = 0;
  judgingMs = 0;
  readonly #watch = new PlausibilityWatch();
  readonly #referee: Referee;
  readonly #ids = Array.from({ length: SITES * PER_SITE }, (_, device) => `device-${device}`);

  constructor(referee: Referee) {
    this.#referee = referee;
    const metrics = findDeviceType("thermometer")?.metrics ?? [];
    for (const [device, deviceId] of this.#ids.entries())
      this.#watch.put({ deviceId, groupId: `site-${Math.floor(device / PER_SITE)}`, metrics });
  }

  step(step: number, sent: readonly (Sample | undefined)[]): void {
    const nowMs = START_MS + step * STEP_MS;
    const before = process.cpuUsage();
    for (const [device, sample] of sent.entries()) {
      if (sample === undefined) continue;
      this.verdicts += 2;
      this.#watch.judge(this.#ids[device] as string, nowMs + device * 1_000, [
        ["temperature", sample.temperature],
        ["humidity", sample.humidity],
      ]);
    }
    if ((step + 1) % STEPS_PER_SLOT === 0) this.#watch.endSlots(nowMs + STEP_MS).forEach(() => {});
    const spent = process.cpuUsage(before);
    this.judgingMs += (spent.user + spent.system) / 1_000;
    if ((step + 1) % STEPS_PER_SLOT === 0) this.#quarantine(step);
  }

  #quarantine(step: number): void {
    for (const [device, deviceId] of this.#ids.entries()) {
      if (this.#referee.isCaught(device)) continue;
      const found = this.#watch.find(deviceId);
      const trust = this.#watch.trust(deviceId);
      if (found === undefined || trust === undefined || trust.score > this.#watch.tuning.quarantineScore)
        continue;
      if (this.#referee.quarantined(device, step, trust.findings[0]?.code ?? "")) found.calm();
      else found.quarantined = true;
    }
  }
}

class Peer {
  readonly #referee: Referee;
  readonly #series = Array.from(
    { length: SITES * PER_SITE },
    () => [new ThreeSigma(), new ThreeSigma()] as const,
  );

  constructor(referee: Referee) {
    this.#referee = referee;
  }

  step(step: number, sent: readonly (Sample | undefined)[]): void {
    for (const [device, sample] of sent.entries()) {
      if (sample === undefined || this.#referee.isCaught(device)) continue;
      const [temperature, humidity] = this.#series[device] as readonly [ThreeSigma, ThreeSigma];
      const isOutside = temperature.add(sample.temperature);
      if (!humidity.add(sample.humidity) && !isOutside) continue;
      if (this.#referee.quarantined(device, step, "three_sigma")) {
        temperature.reset();
        humidity.reset();
      }
    }
  }
}
