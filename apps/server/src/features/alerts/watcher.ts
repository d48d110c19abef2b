import type { Clock, Logger, Timer, UnixMs, Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import { isDatabaseUnavailable, isForeignKeyViolation } from "../../platform/database/index.ts";
import type { AlertKeeper } from "./alert-keeper.ts";
import type { AlertRecord, AlertStore } from "./alert-store.ts";
import type { Effect } from "./engine.ts";
import type { EscalationStore } from "./escalation-store.ts";
import { isHolding, LiveEngine } from "./live-engine.ts";
import type { ResolveReason } from "./model.ts";
import type { DeviceDirectory, TelemetryReader } from "./ports.ts";
import type { RuleStore } from "./rule-store.ts";
import { armedIn } from "./schedule.ts";
import { Serial } from "./serial.ts";
import type { StateStore } from "./state-store.ts";
import type { Change, Watch } from "./watch-list.ts";

export interface WatcherDeps {
  readonly rules: RuleStore;
  readonly alerts: AlertStore;
  readonly escalations: Pick<EscalationStore, "due">;
  readonly states: StateStore;
  readonly keeper: AlertKeeper;
  readonly directory: DeviceDirectory;
  readonly telemetry: TelemetryReader;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
}

const TICK_MS = 1_000;
const ALIVE_EVERY_MS = 10_000;
/** Changes of devices that nobody announced (a site's time zone) are found at the latest after this long. */
const RESYNC_EVERY_MS = 300_000;
const DUE_BATCH = 100;
const SEED_BATCH = 500;

/**
 * Keeps the engine fed and carries out what it says. Everything that writes runs in one line (`serial`), so that
 * a rule never changes between a decision and its alert. The engine's clock stands still while the program is
 * down: hold times and silences go on from where they were.
 */
export class Watcher {
  readonly engine = new LiveEngine();
  readonly serial = new Serial();
  readonly #deps: WatcherDeps;
  readonly #changed = new Set<Uuid>();
  readonly #stops: (() => void)[] = [];
  #timer: Timer | undefined;
  #aliveMs = 0;
  #syncedMs = 0;
  #isWorkQueued = false;

  constructor(deps: WatcherDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { bus, clock } = this.#deps;
    // Announcements first, so that a device that changes while the list is read is read again.
    this.#stops.push(bus.subscribe("device.changed", ({ deviceId }) => void this.#changed.add(deviceId)));
    const added = await this.#load();
    this.#stops.push(bus.subscribe("readings.stored", ({ readings }) => this.#onReadings(readings)));
    // What was stored before the subscription is found in the last values; seen twice it changes nothing.
    await this.#seed(added);
    await this.serial.run(() => this.#work());
    this.#timer = clock.every(TICK_MS, () => this.tick());
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    for (const stop of this.#stops.splice(0)) stop();
    this.#aliveMs = 0;
    await this.serial.run(() => this.#work());
  }

  /** Whether the organisation has a rule about events. */
  asksForEvents(tenantId: Uuid): boolean {
    const rules = this.engine.list.rules();
    return rules.some((rule) => rule.tenantId === tenantId && rule.condition.kind === "event");
  }

  tick(): void {
    this.engine.tick(this.#deps.clock.nowMs());
    this.#queueWork();
  }

  /** Carries out a change of the list; the caller is in the line already. */
  async apply(change: Change): Promise<void> {
    const { clock, keeper, states } = this.#deps;
    for (const { watch, reason } of change.removed) {
      if (watch.alertId === undefined) continue;
      await keeper.resolve(watch.alertId, clock.nowMs(), reason);
      delete watch.alertId;
    }
    const saved = change.removed.filter(({ watch }) => watch.isSaved);
    if (saved.length > 0) await states.remove(saved.map(({ watch }) => keyOf(watch)));
    await this.#seed(change.added);
    await this.#drain();
  }

  #onReadings(readings: Parameters<LiveEngine["onReadings"]>[0]): void {
    this.engine.onReadings(readings);
    if (this.engine.hasEffects) this.#queueWork();
  }

  #queueWork(): void {
    if (this.#isWorkQueued) return;
    this.#isWorkQueued = true;
    void this.serial.run(() => {
      this.#isWorkQueued = false;
      return this.#work();
    });
  }

  /** Each piece by itself: one that fails is tried again at the next tick and does not hold up the others. */
  async #work(): Promise<void> {
    const pieces = [
      () => this.#syncDevices(),
      () => this.#drain(),
      () => this.#save(),
      () => this.#attend(),
      () => this.#escalate(),
      () => this.#markAlive(),
    ];
    for (const piece of pieces) {
      try {
        await piece();
      } catch (error) {
        this.#deps.log.warn({ err: error }, "alerts.work_failed");
      }
    }
  }

  async #markAlive(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    if (Math.abs(nowMs - this.#aliveMs) < ALIVE_EVERY_MS) return;
    await this.#deps.states.markAlive(nowMs);
    this.#aliveMs = nowMs;
  }

  /** Effects in their order; one that fails holds back only those of its own watch. */
  async #drain(): Promise<void> {
    const { log } = this.#deps;
    const merged = this.engine.takeMerged();
    if (merged > 0) log.warn({ merged }, "alerts.flapping_merged");
    const queue = this.engine.takeEffects();
    for (const [at, { watch, effects }] of queue.entries()) {
      const left = [...effects];
      try {
        for (let effect = left[0]; effect !== undefined; effect = left[0]) {
          await this.#carryOut(watch, effect);
          left.shift();
        }
      } catch (error) {
        // The rule or the device was deleted a moment ago.
        if (isForeignKeyViolation(error)) continue;
        log.warn({ err: error, ruleId: watch.rule.id }, "alerts.write_failed");
        this.engine.giveBackEffects({ watch, effects: left });
        if (!isDatabaseUnavailable(error)) continue;
        for (const waiting of queue.slice(at + 1)) this.engine.giveBackEffects(waiting);
        return;
      }
    }
  }

  async #carryOut(watch: Watch, effect: Effect): Promise<void> {
    const { keeper } = this.#deps;
    if (effect.kind === "raise") {
      if (watch.isRemoved) return;
      const alertId = await keeper.raise(watch.rule, watch.device, effect);
      if (alertId !== undefined) watch.alertId = alertId;
      watch.isSaved = false;
    } else if (watch.alertId !== undefined) {
      await keeper.resolve(watch.alertId, effect.atMs, "cleared", effect.value);
      delete watch.alertId;
    }
  }

  /** Hold times that run are written once a second, whatever the rate of readings. */
  async #save(): Promise<void> {
    const { states } = this.#deps;
    const watches = this.engine.takeUnsaved().filter(({ isRemoved }) => !isRemoved);
    const holding = watches.filter(isHolding);
    const over = watches.filter((watch) => watch.isSaved && !isHolding(watch));
    try {
      if (holding.length > 0) {
        await states.save(
          holding.map((watch) => ({
            ...keyOf(watch),
            sinceMs: watch.state.sinceMs as UnixMs,
            ...(watch.state.seenMs === undefined ? {} : { seenMs: watch.state.seenMs }),
            ...(watch.state.value === undefined ? {} : { value: watch.state.value }),
          })),
        );
      }
      if (over.length > 0) await states.remove(over.map(keyOf));
    } catch (error) {
      this.engine.giveBackUnsaved(watches);
      throw error;
    }
    for (const watch of watches) watch.isSaved = isHolding(watch);
  }

  async #attend(): Promise<void> {
    const { alerts, clock, keeper } = this.#deps;
    const due = await alerts.due(clock.nowMs(), DUE_BATCH);
    for (const { alertId, ruleId, deviceId } of due) {
      const rule = ruleId === undefined ? undefined : this.engine.list.rule(ruleId);
      const device = deviceId === undefined ? undefined : this.engine.list.device(deviceId);
      const isArmed = device === undefined || armedIn(rule?.schedule, device.timeZone)(clock.nowMs());
      await keeper.attend(alertId, rule, isArmed);
    }
  }

  /** Steps for which nobody answered in time; their times are stored, so that a restart changes none. */
  async #escalate(): Promise<void> {
    const { clock, escalations, keeper } = this.#deps;
    for (const alertId of await escalations.due(clock.nowMs(), DUE_BATCH)) await keeper.escalate(alertId);
  }

  async #syncDevices(): Promise<void> {
    const { clock, directory } = this.#deps;
    const { list } = this.engine;
    const isFull = clock.nowMs() - this.#syncedMs >= RESYNC_EVERY_MS;
    const ids = [...this.#changed];
    if (!isFull && ids.length === 0) return;
    this.#changed.clear();
    try {
      const devices = isFull ? await directory.list() : await directory.find(ids);
      const found = new Set(devices.map(({ deviceId }) => deviceId));
      const gone = isFull
        ? list
            .devices()
            .map(({ deviceId }) => deviceId)
            .toArray()
        : ids;
      const changes = [
        ...devices.map((device) => list.setDevice(device)),
        ...gone.filter((deviceId) => !found.has(deviceId)).map((deviceId) => list.removeDevice(deviceId)),
      ];
      if (isFull) this.#syncedMs = clock.nowMs();
      await this.apply({
        added: changes.flatMap(({ added }) => added),
        removed: changes.flatMap(({ removed }) => removed),
      });
    } catch (error) {
      for (const id of ids) this.#changed.add(id);
      throw error;
    }
  }

  /** Rules, devices, open alerts and hold times as they were stored; answers all watches. */
  async #load(): Promise<readonly Watch[]> {
    const { alerts, clock, directory, log, rules, states } = this.#deps;
    const { list } = this.engine;
    for (const rule of await rules.all()) list.setRule(rule, false, "rule_changed");
    for (const device of await directory.list()) list.setDevice(device);
    const nowMs = clock.nowMs();
    this.#syncedMs = nowMs;
    const downMs = Math.max(0, nowMs - ((await states.aliveMs()) ?? nowMs));
    for (const { ruleId, deviceId, sinceMs, ...seen } of await states.all()) {
      const watch = list.find(ruleId, deviceId);
      if (watch === undefined) continue;
      watch.isSaved = true;
      this.engine.restore(watch, { raised: false, sinceMs: sinceMs + downMs, ...seen });
    }
    for (const orphan of this.#adopt(await alerts.open())) await this.#resolveOrphan(orphan);
    const all = list.all().toArray();
    for (const watch of all) this.#restoreSilence(watch, downMs);
    log.info({ watches: list.size, downMs }, "alerts.loaded");
    return all;
  }

  /** Ties open alerts to their watches; answers those whose watch is no more. */
  #adopt(open: readonly AlertRecord[]): readonly AlertRecord[] {
    return open.filter(({ alert }) => {
      const { ruleId, deviceId, event, raisedMs, value } = alert;
      // Those follow their events.
      if (event !== undefined && ruleId !== undefined && this.engine.list.rule(ruleId)?.enabled === true)
        return false;
      if (ruleId === undefined || deviceId === undefined) return true;
      const watch = this.engine.list.find(ruleId, deviceId);
      if (watch === undefined) return true;
      if (watch.alertId !== undefined) return false;
      const seen = value === undefined ? {} : { value };
      this.engine.restore(watch, { raised: true, sinceMs: raisedMs, seenMs: raisedMs, ...seen }, alert.id);
      return false;
    });
  }

  async #resolveOrphan({ alert }: AlertRecord): Promise<void> {
    const { clock, keeper } = this.#deps;
    const rule = alert.ruleId === undefined ? undefined : this.engine.list.rule(alert.ruleId);
    let reason: ResolveReason = "out_of_scope";
    if (rule === undefined) reason = "rule_deleted";
    else if (alert.deviceId === undefined) reason = "device_deleted";
    else if (!rule.enabled) reason = "rule_disabled";
    await keeper.resolve(alert.id, clock.nowMs(), reason);
  }

  /** While the program was down nobody listened: that time does not count as silence. */
  #restoreSilence(watch: Watch, downMs: number): void {
    const { condition } = watch.rule;
    const heardMs = watch.device.lastSeenMs;
    if (condition.kind !== "silence" || heardMs === undefined || watch.state.raised) return;
    const sinceMs = heardMs + downMs + condition.forMs;
    this.engine.restore(watch, { raised: false, seenMs: heardMs, sinceMs });
  }

  /** Tells new watches what is known of their devices, as it is stored now. */
  async #seed(watches: readonly Watch[]): Promise<void> {
    const { clock, directory, telemetry } = this.#deps;
    const byDevice = Map.groupBy(watches, ({ device }) => device.deviceId);
    const ids = [...byDevice.keys()];
    for (let at = 0; at < ids.length; at += SEED_BATCH) {
      const batch = ids.slice(at, at + SEED_BATCH);
      const [last, devices] = await Promise.all([telemetry.last(batch), directory.find(batch)]);
      for (const { deviceId, lastSeenMs } of devices) {
        for (const watch of byDevice.get(deviceId) ?? []) {
          if (watch.rule.condition.kind !== "silence")
            this.engine.seedValue(watch, last.get(deviceId) ?? [], clock.nowMs());
          else if (lastSeenMs !== undefined) this.engine.seedHeard(watch, lastSeenMs);
        }
      }
    }
  }
}

const keyOf = ({ rule, device }: Watch) => ({ ruleId: rule.id, deviceId: device.deviceId });
