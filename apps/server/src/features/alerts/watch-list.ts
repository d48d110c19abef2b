import type { UnixMs, Uuid } from "@gatehouse/base";
import { INITIAL, type WatchRule, type WatchState } from "./engine.ts";
import { type MeasuredCondition, metricOf, type ResolveReason, type RuleRecord, watches } from "./model.ts";
import type { WatchedDevice } from "./ports.ts";
import { armedIn } from "./schedule.ts";

/** One rule about one device, in memory. */
export interface Watch {
  rule: RuleRecord;
  device: WatchedDevice;
  engineRule: WatchRule;
  state: WatchState;
  /** The open alert. */
  alertId?: Uuid;
  /** Earliest entry in the heap of due times. */
  queuedMs?: UnixMs;
  /** A row in rule_states tells of a hold time that runs. */
  isSaved: boolean;
  isRemoved: boolean;
}

interface DeviceWatches {
  /** Those that anything from the device concerns. */
  readonly silence: Set<Watch>;
  readonly byMetric: Map<string, Set<Watch>>;
}

export interface Change {
  readonly added: readonly Watch[];
  readonly removed: readonly { readonly watch: Watch; readonly reason: ResolveReason }[];
}

/**
 * Which rule watches which device, found by device and then by metric: a reading of a device without rules costs
 * one lookup.
 */
export class WatchList {
  readonly #rules = new Map<Uuid, RuleRecord>();
  readonly #devices = new Map<Uuid, WatchedDevice>();
  readonly #byRule = new Map<Uuid, Map<Uuid, Watch>>();
  readonly #index = new Map<Uuid, DeviceWatches>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  rule(ruleId: Uuid): RuleRecord | undefined {
    return this.#rules.get(ruleId);
  }

  rules(): IteratorObject<RuleRecord> {
    return this.#rules.values();
  }

  device(deviceId: Uuid): WatchedDevice | undefined {
    return this.#devices.get(deviceId);
  }

  devices(): IteratorObject<WatchedDevice> {
    return this.#devices.values();
  }

  ofDevice(deviceId: Uuid): DeviceWatches | undefined {
    return this.#index.get(deviceId);
  }

  find(ruleId: Uuid, deviceId: Uuid): Watch | undefined {
    return this.#byRule.get(ruleId)?.get(deviceId);
  }

  all(): IteratorObject<Watch> {
    return this.#byRule.values().flatMap((byDevice) => byDevice.values());
  }

  /** Devices a rule would watch, whether it is enabled or not. */
  countFor(rule: RuleRecord): number {
    const known = this.#rules.get(rule.id);
    if (known === rule && rule.enabled && rule.condition.kind !== "event")
      return this.#byRule.get(rule.id)?.size ?? 0;
    return this.#devices.values().reduce((count, device) => count + (watches(rule, device) ? 1 : 0), 0);
  }

  /** A new rule, or another version of a known one: `reason` says what ends the watches that no longer hold. */
  setRule(rule: RuleRecord, restart: boolean, reason: ResolveReason): Change {
    const removed = restart ? this.#dropRule(rule.id, reason) : [];
    this.#rules.set(rule.id, rule);
    for (const watch of this.#byRule.get(rule.id)?.values() ?? []) watch.rule = rule;
    const added = this.#devices
      .values()
      .map((device) => this.#match(rule, device))
      .filter((watch) => watch !== undefined)
      .toArray();
    return { added, removed };
  }

  removeRule(ruleId: Uuid, reason: ResolveReason): Change {
    const removed = this.#dropRule(ruleId, reason);
    this.#rules.delete(ruleId);
    return { added: [], removed };
  }

  setDevice(device: WatchedDevice): Change {
    this.#devices.set(device.deviceId, device);
    const added: Watch[] = [];
    const removed: Change["removed"][number][] = [];
    for (const rule of this.#rules.values()) {
      const watch = this.find(rule.id, device.deviceId);
      if (watch === undefined) {
        const made = this.#match(rule, device);
        if (made !== undefined) added.push(made);
      } else if (rule.enabled && watches(rule, device)) {
        watch.device = device;
        watch.engineRule = engineRuleOf(rule, watch.engineRule.condition, device);
      } else {
        this.#drop(watch);
        removed.push({ watch, reason: device.revoked ? "device_revoked" : "out_of_scope" });
      }
    }
    return { added, removed };
  }

  removeDevice(deviceId: Uuid): Change {
    const removed = this.#byRule
      .values()
      .map((byDevice) => byDevice.get(deviceId))
      .filter((watch) => watch !== undefined)
      .map((watch) => ({ watch, reason: "device_deleted" as const }))
      .toArray();
    for (const { watch } of removed) this.#drop(watch);
    this.#devices.delete(deviceId);
    return { added: [], removed };
  }

  #match(rule: RuleRecord, device: WatchedDevice): Watch | undefined {
    const { condition } = rule;
    // What happens before cameras comes by itself: there is nothing to remember between two readings.
    if (condition.kind === "event" || !rule.enabled) return undefined;
    if (this.find(rule.id, device.deviceId) !== undefined || !watches(rule, device)) return undefined;
    const watch: Watch = {
      rule,
      device,
      engineRule: engineRuleOf(rule, condition, device),
      state: INITIAL,
      isSaved: false,
      isRemoved: false,
    };
    const byDevice = this.#byRule.get(rule.id) ?? new Map<Uuid, Watch>();
    this.#byRule.set(rule.id, byDevice.set(device.deviceId, watch));
    this.#size++;
    this.#enter(watch);
    return watch;
  }

  #dropRule(ruleId: Uuid, reason: ResolveReason): Change["removed"] {
    const watches = [...(this.#byRule.get(ruleId)?.values() ?? [])];
    for (const watch of watches) this.#drop(watch);
    this.#byRule.delete(ruleId);
    return watches.map((watch) => ({ watch, reason }));
  }

  #drop(watch: Watch): void {
    watch.isRemoved = true;
    this.#byRule.get(watch.rule.id)?.delete(watch.device.deviceId);
    this.#size--;
    this.#leave(watch);
  }

  #enter(watch: Watch): void {
    const { deviceId } = watch.device;
    const index = this.#index.get(deviceId) ?? { silence: new Set(), byMetric: new Map() };
    this.#index.set(deviceId, index);
    const metric = metricOf(watch.rule.condition);
    if (metric === undefined) {
      index.silence.add(watch);
      return;
    }
    const known = index.byMetric.get(metric);
    if (known === undefined) index.byMetric.set(metric, new Set([watch]));
    else known.add(watch);
  }

  #leave(watch: Watch): void {
    const { deviceId } = watch.device;
    const index = this.#index.get(deviceId);
    if (index === undefined) return;
    index.silence.delete(watch);
    for (const [metric, watches] of index.byMetric) {
      if (watches.delete(watch) && watches.size === 0) index.byMetric.delete(metric);
    }
    if (index.silence.size === 0 && index.byMetric.size === 0) this.#index.delete(deviceId);
  }
}

function engineRuleOf(rule: RuleRecord, condition: MeasuredCondition, device: WatchedDevice): WatchRule {
  return {
    condition,
    holdMs: rule.holdMs,
    armed: armedIn(rule.schedule, device.timeZone),
  };
}
