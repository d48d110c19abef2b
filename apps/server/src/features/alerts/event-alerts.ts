import type { Clock, Logger, Timer, UnixMs, Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import { isForeignKeyViolation } from "../../platform/database/index.ts";
import type { AlertKeeper } from "./alert-keeper.ts";
import type { AlertRecord, AlertStore } from "./alert-store.ts";
import { alarmMsOf, endOf, factsOf, isLookedFor, MAX_ALARM_AGE_MS, match } from "./event-rule.ts";
import { isInScope, type RuleRecord } from "./model.ts";
import type { CameraEvents, DeviceDirectory, SeenEvent, WatchedDevice } from "./ports.ts";
import { armedIn } from "./schedule.ts";
import type { Serial } from "./serial.ts";
import type { WatchList } from "./watch-list.ts";

export interface EventAlertsDeps {
  readonly alerts: AlertStore;
  readonly keeper: AlertKeeper;
  readonly events: CameraEvents;
  readonly directory: Pick<DeviceDirectory, "find">;
  readonly list: WatchList;
  /** The line in which rules change. */
  readonly serial: Serial;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What the bus did not bring, because the program or the database was away, is found again after this long. */
const SWEEP_EVERY_MS = 30_000;
const MAX_OPEN = 2_000;
/** Of one rule and camera that wait for an answer: where people walk all day, older ones give way. */
const MAX_WAITING_ANSWER = 20;
/** Rules that wait for more people ask about an event that goes on no more often. */
const ASK_AGAIN_MS = 1_000;
/** Pairs of rule and event that need no second look. */
const MAX_DONE = 20_000;

/**
 * Alerts about what happens before cameras. Everything is decided from the event as it is stored, so that an alarm whose
 * message was lost is raised by the next sweep, once for each rule and event.
 */
export class EventAlerts {
  readonly #deps: EventAlertsDeps;
  readonly #stops: (() => void)[] = [];
  /** Rule and event that have their alert, or never will; by when they were decided. */
  readonly #done = new Set<string>();
  /** Events that go on and may still match, by camera. */
  readonly #waiting = new Map<Uuid, { readonly eventId: Uuid; askedMs: UnixMs }>();
  #timer: Timer | undefined;
  #isSweepQueued = false;

  constructor(deps: EventAlertsDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { bus, clock } = this.#deps;
    this.#stops.push(
      bus.subscribe("camera.alarm", ({ eventId }) => this.#queue(() => this.#consider(eventId))),
      bus.subscribe("camera.event", (event) => this.#onEvent(event)),
      bus.subscribe("camera.found", ({ cameraId }) => this.#onFound(cameraId)),
      bus.subscribe("camera.verdict", ({ eventId }) => this.#queue(() => this.#judged(eventId))),
      bus.subscribe("alert.changed", ({ alert, event }) => {
        const { event: facts } = alert;
        if (event === "acknowledged" && facts !== undefined) this.#queue(() => this.#settle(facts.id));
      }),
    );
    await this.#deps.serial.run(() => this.#sweep());
    this.#timer = clock.every(SWEEP_EVERY_MS, () => this.#queueSweep());
  }

  stop(): void {
    this.#timer?.cancel();
    for (const stop of this.#stops.splice(0)) stop();
  }

  #queueSweep(): void {
    if (this.#isSweepQueued) return;
    this.#isSweepQueued = true;
    this.#queue(() => {
      this.#isSweepQueued = false;
      return this.#sweep();
    });
  }

  #queue(work: () => Promise<void>): void {
    void this.#deps.serial.run(async () => {
      try {
        await work();
      } catch (error) {
        this.#deps.log.warn({ err: error }, "alerts.event_failed");
      }
    });
  }

  #onEvent({
    cameraId,
    eventId,
    kind,
    endMs,
  }: {
    cameraId: Uuid;
    eventId: Uuid;
    kind: SeenEvent["kind"];
    endMs?: UnixMs;
  }) {
    if (endMs === undefined) {
      if (!isLookedFor({ kind })) this.#queue(() => this.#consider(eventId));
      return;
    }
    if (this.#waiting.get(cameraId)?.eventId === eventId) {
      this.#waiting.delete(cameraId);
      this.#queue(() => this.#consider(eventId));
    }
    this.#queue(() => this.#settle(eventId));
  }

  #onFound(cameraId: Uuid): void {
    const waiting = this.#waiting.get(cameraId);
    const nowMs = this.#deps.clock.nowMs();
    if (waiting === undefined || nowMs - waiting.askedMs < ASK_AGAIN_MS) return;
    waiting.askedMs = nowMs;
    this.#queue(() => this.#consider(waiting.eventId));
  }

  async #consider(eventId: Uuid): Promise<void> {
    const event = await this.#deps.events.find(eventId);
    if (event !== undefined) await this.#raise(event);
  }

  /** Raises what rules want of this event. */
  async #raise(event: SeenEvent): Promise<void> {
    const { clock, directory, list } = this.#deps;
    const atMs = alarmMsOf(event);
    if (atMs === undefined || clock.nowMs() - atMs > MAX_ALARM_AGE_MS) return;
    const device = list.device(event.cameraId) ?? (await directory.find([event.cameraId]))[0];
    if (device === undefined || device.revoked) return;
    let mayMatch = false;
    for (const rule of list.rules().toArray()) {
      const { condition, tenantId } = rule;
      if (condition.kind !== "event" || !rule.enabled || tenantId !== event.tenantId) continue;
      const key = `${rule.id} ${event.id}`;
      if (this.#done.has(key) || !this.#isFor(rule, device, atMs)) continue;
      const matches = match(condition, event);
      mayMatch ||= matches === "not_yet";
      if (matches === "not_yet") continue;
      if (matches === "yes") await this.#raiseOne(rule, device, event, atMs);
      this.#markDone(key);
    }
    if (mayMatch) this.#waiting.set(event.cameraId, { eventId: event.id, askedMs: clock.nowMs() });
    else if (this.#waiting.get(event.cameraId)?.eventId === event.id) this.#waiting.delete(event.cameraId);
  }

  /** A rule that was written after the alarm did not ask for it. */
  #isFor(rule: RuleRecord, device: WatchedDevice, atMs: UnixMs): boolean {
    return (
      atMs >= rule.updatedMs && isInScope(rule.scope, device) && armedIn(rule.schedule, device.timeZone)(atMs)
    );
  }

  async #raiseOne(rule: RuleRecord, device: WatchedDevice, event: SeenEvent, atMs: UnixMs): Promise<void> {
    try {
      await this.#deps.keeper.raise(rule, device, { atMs, event: factsOf(event) });
    } catch (error) {
      // The camera was deleted a moment ago.
      if (!isForeignKeyViolation(error)) throw error;
      return;
    }
    await this.#makeRoom(rule.id, device.deviceId);
  }

  /** What somebody called an intrusion, or looks after, gives way to nothing. */
  async #makeRoom(ruleId: Uuid, deviceId: Uuid): Promise<void> {
    const { alerts, clock, events, keeper } = this.#deps;
    for (const { alert } of await alerts.olderOfCamera(ruleId, deviceId, MAX_WAITING_ANSWER)) {
      const event = alert.event === undefined ? undefined : await events.find(alert.event.id);
      if (alert.state === "active" && event?.endMs !== undefined && event.verdict === undefined)
        await keeper.resolve(alert.id, clock.nowMs(), "unanswered");
    }
  }

  #markDone(key: string): void {
    this.#done.add(key);
    if (this.#done.size <= MAX_DONE) return;
    for (const oldest of this.#done) {
      this.#done.delete(oldest);
      break;
    }
  }

  async #judged(eventId: Uuid): Promise<void> {
    const { alerts, events, keeper } = this.#deps;
    const event = await events.find(eventId);
    if (event?.verdict === undefined) return;
    const { verdict, byName } = event.verdict;
    for (const { alert } of await alerts.openOfEvent(eventId)) await keeper.judged(alert.id, byName, verdict);
    await this.#settleAll(await alerts.openOfEvent(eventId), event);
  }

  async #settle(eventId: Uuid): Promise<void> {
    const { alerts, events } = this.#deps;
    const open = await alerts.openOfEvent(eventId);
    if (open.length > 0) await this.#settleAll(open, await events.find(eventId));
  }

  async #settleAll(open: readonly AlertRecord[], event: SeenEvent | undefined): Promise<void> {
    const { clock, keeper } = this.#deps;
    for (const { alert } of open) {
      const nowMs = clock.nowMs();
      const reason = endOf(alert, event, nowMs);
      if (reason === undefined) continue;
      const isGone = reason === "event_gone" && alert.deviceId === undefined;
      await keeper.resolve(
        alert.id,
        reason === "over" ? (event?.endMs ?? nowMs) : nowMs,
        isGone ? "device_deleted" : reason,
      );
    }
  }

  async #sweep(): Promise<void> {
    const { alerts, clock, events, log } = this.#deps;
    try {
      for (const event of await events.alarmsSince(clock.nowMs() - MAX_ALARM_AGE_MS))
        await this.#raise(event);
      const byEvent = Map.groupBy(await alerts.openOfEvents(MAX_OPEN), ({ alert }) => alert.event?.id);
      for (const [eventId, open] of byEvent) {
        if (eventId !== undefined) await this.#settleAll(open, await events.find(eventId));
      }
    } catch (error) {
      log.warn({ err: error }, "alerts.event_sweep_failed");
    }
  }
}
