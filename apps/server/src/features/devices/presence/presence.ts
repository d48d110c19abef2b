import type { Clock, Logger, Timer, UnixMs, Uuid } from "@gatehouse/base";
import type { Bus, devices } from "@gatehouse/contract";
import type { DeviceRecord } from "../model.ts";
import type { DevicesDatabase } from "../tables.ts";
import { DueWheel } from "./due-wheel.ts";
import { loadPresence, writePresence } from "./presence-store.ts";
import { deviceStatus, type Hearing, nextStatusChangeMs } from "./status.ts";

type DeviceStatus = devices.DeviceStatus;

const TICK_MS = 1_000;
/** At most this much of "last seen" is lost by a crash; the status itself is written at the next tick. */
const WRITE_SEEN_EVERY_MS = 5_000;

export interface Presence extends Hearing {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly status: DeviceStatus;
  readonly lastSeenMs: UnixMs | undefined;
  readonly address: string | undefined;
  readonly via: string | undefined;
}

type Entry = { -readonly [K in keyof Presence]: Presence[K] } & { dueSlot: number | undefined };

export type StatusCounts = Record<DeviceStatus, number>;
export const noDevices = (): StatusCounts => ({ never: 0, online: 0, stale: 0, offline: 0, revoked: 0 });

/** Who is there: kept in memory, told on the bus when it changes, written in batches. */
export class PresenceBoard {
  readonly #entries = new Map<Uuid, Entry>();
  readonly #counts = new Map<Uuid, StatusCounts>();
  readonly #statusChanged = new Set<Entry>();
  readonly #seen = new Set<Entry>();
  readonly #wheel: DueWheel<Entry>;
  readonly #db: DevicesDatabase;
  readonly #clock: Clock;
  readonly #bus: Bus;
  readonly #log: Logger;
  #timer: Timer | undefined;
  #seenWrittenMs: number;
  #writing: Promise<void> = Promise.resolve();

  constructor({ db, clock, bus, log }: { db: DevicesDatabase; clock: Clock; bus: Bus; log: Logger }) {
    this.#db = db;
    this.#clock = clock;
    this.#bus = bus;
    this.#log = log;
    this.#wheel = new DueWheel(clock.nowMs());
    this.#seenWrittenMs = clock.monotonicMs();
  }

  /**
   * Takes over the devices as they were left. One that was online gets its full time again: while the server
   * was down nobody could be heard, and a restart must not look like a fleet that went silent.
   */
  async load(records: Iterable<DeviceRecord>): Promise<void> {
    const left = await loadPresence(this.#db);
    const nowMs = this.#clock.nowMs();
    for (const record of records) {
      const row = left.get(record.deviceId);
      const entry = this.#add(record);
      if (row === undefined) continue;
      entry.lastSeenMs = row.lastSeenMs;
      entry.heardMs = row.status === "online" ? nowMs : row.lastSeenMs;
      entry.address = row.address;
      entry.via = row.via;
      this.#move(entry, row.status);
      this.#judge(entry);
    }
  }

  start(): void {
    this.#timer = this.#clock.every(TICK_MS, () => this.tick());
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.flush();
  }

  /** A device was added, changed, revoked or reinstated. */
  put(record: DeviceRecord): void {
    const entry = this.#entries.get(record.deviceId) ?? this.#add(record);
    entry.intervalMs = record.intervalMs;
    entry.revoked = record.revoked;
    this.#judge(entry);
  }

  remove(deviceId: Uuid): void {
    const entry = this.#entries.get(deviceId);
    if (entry === undefined) return;
    this.#entries.delete(deviceId);
    this.#statusChanged.delete(entry);
    this.#seen.delete(entry);
    this.#wheel.remove(entry);
    this.#countsOf(entry.tenantId)[entry.status]--;
  }

  heard(deviceId: Uuid, atMs: UnixMs, from?: { readonly via: string; readonly address: string }): void {
    const entry = this.#entries.get(deviceId);
    if (entry === undefined) return;
    if (entry.lastSeenMs === undefined || atMs > entry.lastSeenMs) entry.lastSeenMs = atMs;
    if (entry.heardMs === undefined || atMs > entry.heardMs) entry.heardMs = atMs;
    if (from !== undefined) {
      entry.via = from.via;
      entry.address = from.address;
    }
    this.#seen.add(entry);
    if (entry.status !== "online") this.#judge(entry);
  }

  connected(deviceId: Uuid, atMs: UnixMs, from: { readonly via: string; readonly address: string }): void {
    const entry = this.#entries.get(deviceId);
    if (entry === undefined) return;
    entry.connections++;
    this.heard(deviceId, atMs, from);
  }

  disconnected(deviceId: Uuid): void {
    const entry = this.#entries.get(deviceId);
    if (entry === undefined) return;
    entry.connections = Math.max(0, entry.connections - 1);
    this.#judge(entry);
  }

  find(deviceId: Uuid): Presence | undefined {
    return this.#entries.get(deviceId);
  }

  counts(tenantId: Uuid): Readonly<StatusCounts> {
    return this.#counts.get(tenantId) ?? noDevices();
  }

  tenants(): IterableIterator<Uuid> {
    return this.#counts.keys();
  }

  /** Looks at the devices whose time has come, then writes what changed. */
  tick(): void {
    for (const entry of this.#wheel.take(this.#clock.nowMs())) this.#judge(entry);
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#seenWrittenMs >= WRITE_SEEN_EVERY_MS) {
      this.#seenWrittenMs = nowMs;
      this.#writeInBackground(() => this.flush());
    } else if (this.#statusChanged.size > 0) this.#writeInBackground(() => this.flushStatus());
  }

  /** After this the database says what memory says about statuses: call before a query that filters by status. */
  flushStatus(): Promise<void> {
    return this.#write(this.#statusChanged);
  }

  async flush(): Promise<void> {
    await this.#write(this.#statusChanged);
    await this.#write(this.#seen);
  }

  #writeInBackground(run: () => Promise<void>): void {
    run().catch((error: unknown) => this.#log.warn({ err: error }, "devices.presence_write_failed"));
  }

  /** Writes one after the other; what could not be written waits for the next time. */
  #write(waiting: Set<Entry>): Promise<void> {
    const run = async (): Promise<void> => {
      const batch = [...waiting].filter((entry) => this.#entries.get(entry.deviceId) === entry);
      waiting.clear();
      for (const entry of batch) this.#seen.delete(entry);
      try {
        await writePresence(this.#db, batch);
      } catch (error) {
        for (const entry of batch) waiting.add(entry);
        throw error;
      }
    };
    const next = this.#writing.then(run, run);
    this.#writing = next.catch(() => undefined);
    return next;
  }

  #add({ tenantId, deviceId, intervalMs, revoked }: DeviceRecord): Entry {
    const entry: Entry = {
      tenantId,
      deviceId,
      intervalMs,
      revoked,
      connections: 0,
      heardMs: undefined,
      lastSeenMs: undefined,
      address: undefined,
      via: undefined,
      status: "never",
      dueSlot: undefined,
    };
    this.#entries.set(deviceId, entry);
    this.#countsOf(tenantId).never++;
    return entry;
  }

  #countsOf(tenantId: Uuid): StatusCounts {
    const known = this.#counts.get(tenantId);
    if (known !== undefined) return known;
    const counts = noDevices();
    this.#counts.set(tenantId, counts);
    return counts;
  }

  #judge(entry: Entry): void {
    const nowMs = this.#clock.nowMs();
    const status = deviceStatus(entry, nowMs);
    const nextMs = nextStatusChangeMs(entry, nowMs);
    if (nextMs !== undefined) this.#wheel.schedule(entry, nextMs);
    if (status === entry.status) return;
    this.#move(entry, status);
    this.#statusChanged.add(entry);
    const { tenantId, deviceId } = entry;
    this.#bus.publish("device.status", { tenantId, deviceId, status, atMs: nowMs });
  }

  #move(entry: Entry, status: DeviceStatus): void {
    const counts = this.#countsOf(entry.tenantId);
    counts[entry.status]--;
    counts[status]++;
    entry.status = status;
  }
}
