import { type Clock, type Logger, newUuid, type Random, type Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import type { EventChange } from "@gatehouse/motion";
import { isForeignKeyViolation } from "../../platform/database/index.ts";
import { openEvents, saveEvent } from "./event-store.ts";
import type { EventKind, KeptEvent } from "./model.ts";
import type { Cameras, Pins } from "./ports.ts";
import type { CameraEventDatabase } from "./tables.ts";

/** How far the kept end of an open event may lag behind what was seen. */
const SEEN_EVERY_MS = 5_000;
/** While the database cannot be written. */
const MAX_WAITING = 10_000;
/** Then it is not the event: the rest waits for the next time. */
const FAILURES_IN_A_ROW = 3;

export interface KeeperDeps {
  readonly db: CameraEventDatabase;
  readonly cameras: Cameras;
  readonly pins: Pins;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

interface Waiting {
  readonly event: KeptEvent;
  /** What the bus is to be told of it after the commit. */
  readonly tells: boolean;
}

/**
 * Writes events, each together with the pin that keeps its recordings, and tells of them after the commit. Nothing is
 * given up for a database that is away for a while: the newest state of each event waits.
 */
export class EventKeeper {
  readonly #deps: KeeperDeps;
  readonly #open = new Map<string, { readonly event: KeptEvent; readonly writtenMs: number }>();
  readonly #waiting = new Map<Uuid, Waiting>();
  #writing: Promise<void> | undefined;
  /** Said once, until something can be written again. */
  #failing = false;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
  }

  /** Events without an end are from before a crash: they ended with the last sign of them. */
  async closeLeftOpen(): Promise<void> {
    for (const event of await openEvents(this.#deps.db)) this.#put({ ...event, endMs: event.seenMs }, true);
    await this.write();
  }

  apply(tenantId: Uuid, cameraId: Uuid, kind: EventKind, { kind: change, event: seen }: EventChange): void {
    const key = `${cameraId} ${kind}`;
    const known = this.#open.get(key);
    const id = known?.event.id ?? newUuid(this.#deps.clock, this.#deps.random);
    const { startMs, lastMs, strength, bestMs, zones } = seen;
    const ended = change === "ended";
    const event: KeptEvent = {
      id,
      tenantId,
      cameraId,
      kind,
      startMs,
      seenMs: lastMs,
      endMs: ended ? lastMs : undefined,
      strength,
      zones,
      bestMs,
    };
    const due = change !== "went_on" || lastMs - (known?.writtenMs ?? 0) >= SEEN_EVERY_MS;
    if (ended) this.#open.delete(key);
    else this.#open.set(key, { event, writtenMs: due ? lastMs : (known?.writtenMs ?? lastMs) });
    if (!due) return;
    this.#put(event, change !== "went_on");
    void this.write();
  }

  /** Everything that waits; what fails waits on. */
  write(): Promise<void> {
    if (this.#waiting.size > 0) this.#writing ??= this.#writeAll();
    return this.#writing ?? Promise.resolve();
  }

  /** As it is now, also where that is not written yet. */
  newest(event: KeptEvent): KeptEvent {
    const open = this.#open.get(`${event.cameraId} ${event.kind}`)?.event;
    return this.#waiting.get(event.id)?.event ?? (open?.id === event.id ? open : event);
  }

  #put(event: KeptEvent, tells: boolean): void {
    const before = this.#waiting.get(event.id);
    this.#waiting.set(event.id, { event, tells: tells || before?.tells === true });
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
      const { event, tells } = waiting;
      if (!this.#failing) this.#deps.log.warn({ err: error, eventId: event.id }, "camera_events.not_written");
      this.#failing = true;
      const newer = this.#waiting.get(event.id)?.event ?? event;
      this.#put(newer, tells);
      return false;
    }
  }

  async #writeOne({ event, tells }: Waiting): Promise<void> {
    const { cameras, pins, bus, db, log } = this.#deps;
    const { id: eventId, tenantId, cameraId, kind, startMs, endMs } = event;
    const recording = cameras.settingsOf(cameraId)?.recording;
    const preRollMs = (recording?.preRollSeconds ?? 0) * 1_000;
    const postRollMs = (recording?.postRollSeconds ?? 0) * 1_000;
    try {
      await db.transaction().execute(async (tx) => {
        await saveEvent(tx, event);
        if (!tells) return;
        const toMs = endMs === undefined ? undefined : endMs + postRollMs;
        await pins.set(tx, { eventId, tenantId, cameraId, fromMs: startMs - preRollMs, toMs });
      });
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error;
      log.info({ eventId, cameraId }, "camera_events.camera_gone");
      return;
    }
    if (!tells) return;
    const ended = endMs === undefined ? {} : { endMs };
    bus.publish("camera.event", { tenantId, cameraId, eventId, kind, startMs, ...ended });
  }
}
