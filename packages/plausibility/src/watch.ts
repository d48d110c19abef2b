import type { UnixMs, Uuid } from "@gatehouse/base";
import { Device, type JudgedDevice } from "./device.ts";
import { judgeGroup, type Member } from "./group.ts";
import { DEFAULT_TUNING, SLOT_MS, type Tuning } from "./tuning.ts";
import { OK, type Trust, type Verdict } from "./verdict.ts";

type Numbers = readonly (readonly [metric: string, value: number])[];

/**
 * Judges what devices say. Pure: time comes with the readings and with `endSlots`. The same readings in the same
 * order give the same verdicts.
 */
export class PlausibilityWatch {
  readonly tuning: Tuning;
  readonly #devices = new Map<Uuid, Device>();
  readonly #groups = new Map<string, Set<Device>>();
  /** The next slot to be looked at. */
  #slot: number | undefined;

  constructor(tuning: Tuning = DEFAULT_TUNING) {
    this.tuning = tuning;
  }

  /** Adds a device or gives it another place or other metrics; then it is learned anew. */
  put(described: JudgedDevice): Device {
    this.remove(described.deviceId);
    const device = new Device(described);
    this.#devices.set(device.deviceId, device);
    const group = this.#groups.get(device.groupId) ?? new Set();
    this.#groups.set(device.groupId, group.add(device));
    return device;
  }

  remove(deviceId: Uuid): void {
    const device = this.#devices.get(deviceId);
    if (device === undefined) return;
    this.#devices.delete(deviceId);
    const group = this.#groups.get(device.groupId);
    group?.delete(device);
    if (group?.size === 0) this.#groups.delete(device.groupId);
  }

  find(deviceId: Uuid): Device | undefined {
    return this.#devices.get(deviceId);
  }

  devices(): IterableIterator<Device> {
    return this.#devices.values();
  }

  /** Verdict on a reading, the slow evidence against its device included; an implausible one teaches nothing. */
  judge(deviceId: Uuid, tsMs: UnixMs, numbers: Numbers): Verdict {
    const device = this.#devices.get(deviceId);
    if (device === undefined) return OK;
    const verdict = device.check(tsMs, numbers);
    if (verdict !== OK) return verdict;
    device.take(tsMs, numbers, this.tuning);
    const strongest = device.strongest();
    if (strongest < this.tuning.suspectFrom) return OK;
    const kind = strongest >= this.tuning.implausibleFrom ? "implausible" : "suspect";
    return { kind, reasons: device.trust(this.tuning).findings };
  }

  /** Looks at every slot that is over at `nowMs`, one group a step, so that a caller may do other things in between. */
  *endSlots(nowMs: UnixMs): Generator<void, void, void> {
    const current = Math.floor(nowMs / SLOT_MS);
    // After a long pause only the newest slots can still be known.
    const first = Math.max(this.#slot ?? current, current - 2);
    this.#slot = current;
    for (let slot = first; slot < current; slot++)
      for (const group of [...this.#groups.values()]) {
        this.#endSlot(group, slot);
        yield;
      }
  }

  trust(deviceId: Uuid): Trust | undefined {
    return this.#devices.get(deviceId)?.trust(this.tuning);
  }

  #endSlot(group: ReadonlySet<Device>, slot: number): void {
    const { suspectFrom, implausibleFrom } = this.tuning;
    const members = [...group].map((device): Member => {
      const evidence = device.quarantined ? 1 : device.strongest();
      return { series: device.series, frozen: evidence >= suspectFrom, ignored: evidence >= implausibleFrom };
    });
    judgeGroup(members, slot, this.tuning);
    for (const device of group) device.endSlot((slot + 1) * SLOT_MS, this.tuning);
  }
}
