import { type Clock, type Logger, newUuid, type Random, type Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import type { EventChange } from "@gatehouse/motion";
import { isForeignKeyViolation, isUnstorable } from "../../platform/database/index.ts";
import type { Alarms } from "./alarms.ts";
import { openEvents, saveEvent } from "./event-store.ts";
import { aroundOf, type EventKind, type KeptEvent, LONGEST_MS } from "./model.ts";
import type { Cameras, Pins } from "./ports.ts";
import type { CameraEventDatabase } from "./tables.ts";

/** How far the kept end of an open event may lag behind what was seen. */
const SEEN_EVERY_MS = 5_000;
/** While the database cannot be written. */
const MAX_WAITING = 10_000;
/** Ids that are remembered of events that no database takes. */
const MAX_UNSTORABLE = 1_000;
/** Then it is not the event: the rest waits for the next time. */
const FAILURES_IN_A_ROW = 3;

export interface KeeperDeps {
  readonly db: CameraEventDatabase;
  readonly cameras: Cameras;
  readonly pins: Pins;
  readonly alarms: Alarms;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

interface Waiting {
  readonly event: KeptEvent;
  /** What the bus is to be told of it after the commit. */
  readonly tells: boolean;
  /** Whether it is to be decided if an alarm is due. */
  readonly decides: boolean;
}

/**
 * Writes events, each together with the pin that keeps its recordings, and tells of them after the commit. Nothing is
 * given up for a database that is away for a while: the newest state of each event waits.
 */
export class EventKeeper {
  readonly #deps: KeeperDeps;
  /** Events that go on, by their id. */
  readonly #open = new Map<Uuid, { readonly event: KeptEvent; readonly writtenMs: number }>();
  /** Which of them one of a kind before a camera is. */
  readonly #current = new Map<string, Uuid>();
  readonly #waiting = new Map<Uuid, Waiting>();
  /** Given up, so that others are written; never said to be kept. */
  readonly #unstorable = new Set<Uuid>();
  #writing: Promise<void> | undefined;
  /** Said once, until something can be written again. */
  #failing = false;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
  }

  /** Events without an end are from before a crash: they ended with the last sign of them. */
  async closeLeftOpen(): Promise<void> {
    for (const event of await openEvents(this.#deps.db))
      this.#wait({ ...event, endMs: event.seenMs }, true, false);
    await this.write();
  }

  /** What a machine of motion says of its event: one of a kind goes on before a camera. */
  apply(tenantId: Uuid, cameraId: Uuid, kind: EventKind, { kind: change, event: seen }: EventChange): void {
    const key = `${cameraId} ${kind}`;
    const id = this.#current.get(key) ?? newUuid(this.#deps.clock, this.#deps.random);
    const { startMs, lastMs, strength, bestMs, zones } = seen;
    const endMs = change === "ended" ? lastMs : undefined;
    if (endMs === undefined) this.#current.set(key, id);
    else this.#current.delete(key);
    this.put({ id, tenantId, cameraId, kind, startMs, seenMs: lastMs, endMs, strength, zones, bestMs });
  }

  /**
   * An event as it is now: the first of its id begins it, one with an end is its last. While it goes on it is written
   * every few seconds. With its first `alarmMs` it is decided, once, whether an alarm is due, whatever `armed` says.
   */
  put(event: KeptEvent): void {
    const known = this.#open.get(event.id);
    const tells = known === undefined || event.endMs !== undefined;
    const decides = event.detection?.alarmMs !== undefined && known?.event.detection?.alarmMs === undefined;
    const due = tells || decides || event.seenMs - known.writtenMs >= SEEN_EVERY_MS;
    if (event.endMs !== undefined) this.#open.delete(event.id);
    else this.#open.set(event.id, { event, writtenMs: due ? event.seenMs : (known?.writtenMs ?? 0) });
    if (!due) return;
    this.#wait(event, tells, decides);
    void this.write();
  }

  /** Whether it is not written as it is now. */
  isWaiting(id: Uuid): boolean {
    return this.#waiting.has(id) || this.#unstorable.has(id);
  }

  /** Everything that waits; what fails waits on. */
  write(): Promise<void> {
    this.#endSilent();
    if (this.#waiting.size > 0) this.#writing ??= this.#writeAll();
    return this.#writing ?? Promise.resolve();
  }

  /** As it is now, also where that is not written yet. */
  newest(event: KeptEvent): KeptEvent {
    const newer = this.#waiting.get(event.id)?.event ?? this.#open.get(event.id)?.event;
    if (newer === undefined) return event;
    const { detection } = newer;
    // What is decided elsewhere is in what was read.
    const armed = event.detection?.armed ?? false;
    return { ...newer, verdict: event.verdict, detection: detection && { ...detection, armed } };
  }

  /** Whoever told of it is away for longer than any event lasts: it ended with its last sign, unless they say otherwise. */
  #endSilent(): void {
    const sinceMs = this.#deps.clock.nowMs() - LONGEST_MS;
    for (const { event } of [...this.#open.values()]) {
      if (event.seenMs >= sinceMs) continue;
      this.#open.delete(event.id);
      this.#wait({ ...event, endMs: event.seenMs }, true, false);
    }
  }

  #wait(event: KeptEvent, tells: boolean, decides: boolean): void {
    const before = this.#waiting.get(event.id);
    this.#waiting.set(event.id, {
      event,
      tells: tells || before?.tells === true,
      decides: decides || before?.decides === true,
    });
    if (this.#waiting.size <= MAX_WAITING) return;
    const [oldest] = this.#waiting.keys();
    this.#waiting.delete(oldest as Uuid);
    this.#deps.log.error({ eventId: oldest }, "camera_events.dropped");
  }

  async #writeAll(): Promise<void> {
    let failures = 0;
    try {
      while (failures < FAILURES_IN_A_ROW) {
        const [waiting] = this.#waiting.values();
        if (waiting === undefined) return;
        this.#waiting.delete(waiting.event.id);
        failures = (await this.#isWritten(waiting)) ? 0 : failures + 1;
      }
    } finally {
      this.#writing = undefined;
    }
  }

  /** What fails waits on behind the others, unless something newer of the same event waits already. */
  async #isWritten(waiting: Waiting): Promise<boolean> {
    try {
      await this.#writeOne(waiting);
      this.#failing = false;
      return true;
    } catch (error) {
      const { event, tells, decides } = waiting;
      if (isUnstorable(error)) return this.#giveUp(event.id, error);
      if (!this.#failing) this.#deps.log.warn({ err: error, eventId: event.id }, "camera_events.not_written");
      this.#failing = true;
      const newer = this.#waiting.get(event.id)?.event ?? event;
      this.#wait(newer, tells, decides);
      return false;
    }
  }

  #giveUp(id: Uuid, error: unknown): true {
    this.#unstorable.add(id);
    if (this.#unstorable.size > MAX_UNSTORABLE) this.#unstorable.delete([...this.#unstorable][0] as Uuid);
    this.#deps.log.error({ err: error, eventId: id }, "camera_events.unstorable");
    return true;
  }

  async #writeOne({ event, tells, decides }: Waiting): Promise<void> {
    const { alarms, cameras, pins, bus, db, log } = this.#deps;
    const { id: eventId, tenantId, cameraId, startMs, endMs } = event;
    const { beforeMs, afterMs } = aroundOf(cameras.settingsOf(cameraId));
    let isDue: boolean | undefined;
    try {
      await db.transaction().execute(async (tx) => {
        isDue = decides ? await alarms.decide(tx, event) : undefined;
        await saveEvent(tx, event, isDue);
        if (!tells) return;
        const toMs = endMs === undefined ? undefined : endMs + afterMs;
        await pins.set(tx, { eventId, tenantId, cameraId, fromMs: startMs - beforeMs, toMs });
      });
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error;
      log.info({ eventId, cameraId }, "camera_events.camera_gone");
      return;
    }
    if (tells) this.#tell(event);
    const atMs = event.detection?.alarmMs;
    if (isDue && atMs !== undefined) bus.publish("camera.alarm", { tenantId, cameraId, eventId, atMs });
  }

  #tell({ id: eventId, tenantId, cameraId, kind, startMs, endMs }: KeptEvent): void {
    const ended = endMs === undefined ? {} : { endMs };
    this.#deps.bus.publish("camera.event", { tenantId, cameraId, eventId, kind, startMs, ...ended });
  }
}
