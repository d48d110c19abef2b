import type { Clock, Logger, MonotonicMs, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import type { Blobs } from "../../../platform/blobs/index.ts";
import { keyBlob, type SegmentName, segmentBlob } from "../model.ts";
import type { RecordingDatabase } from "../tables.ts";
import { RoomStore } from "./room-store.ts";

/** Why nothing is written. */
export type PauseReason = "disk_full" | "pinned_full" | "failed";

/** How long it is known how much the disk has left. */
const SPACE_KNOWN_MS = 1_000;
/** After pins changed in a transaction of others: how long until it is surely over, and how often it is looked. */
const PINS_SETTLE_MS = 5_000;
const RECOUNT_EVERY_MS = 1_000;
/** A count that met a write under way is too high until the next. */
const RECOUNT_ANYWAY_MS = 60_000;
const RECOUNT_TRIES = 5;

interface TenantRoom {
  readonly store: RoomStore;
  policy: cameras.RecordingPolicy;
  ringBytes: number;
  pinnedBytes: number;
  /** Promised, and in no row yet. */
  promisedBytes: number;
  /** Counts every change of the rows that is known here. */
  changes: number;
  recountUntilMs: MonotonicMs;
  recountedMs: MonotonicMs;
}

interface RoomDeps {
  readonly db: RecordingDatabase;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly log: Logger;
  readonly minFreeBytes: number;
  /** A segment's files are gone. */
  readonly onRemoved: (segment: SegmentName) => void;
}

/**
 * Keeps recordings of each organisation under its caps: room is made before a byte is written. What events pin may take
 * from the ring's share, never more than both caps together.
 */
export class Room {
  readonly #deps: RoomDeps;
  readonly #tenants = new Map<Uuid, Promise<TenantRoom>>();
  readonly #turns = new Map<Uuid, Promise<unknown>>();
  #space: { readonly freeBytes: number; readonly atMs: MonotonicMs } | undefined;

  constructor(deps: RoomDeps) {
    this.#deps = deps;
  }

  /** Makes room for `bytes` more and promises them; answers why there is none. */
  reserve(tenantId: Uuid, bytes: number): Promise<PauseReason | undefined> {
    return this.#inTurn(tenantId, async (room) => {
      await this.#recountWhenDue(room);
      const reason = (await this.#makeRoomOnDisk(room, bytes)) ?? (await this.#makeRoom(room, bytes));
      if (reason === undefined) room.promisedBytes += bytes;
      return reason;
    });
  }

  /** What was promised stands in a row now. */
  async written(tenantId: Uuid, bytes: number, isPinned: boolean): Promise<void> {
    const room = await this.#of(tenantId);
    room.promisedBytes -= bytes;
    room.changes++;
    if (isPinned) room.pinnedBytes += bytes;
    else room.ringBytes += bytes;
  }

  /** What was promised is not needed. */
  async giveBack(tenantId: Uuid, bytes: number): Promise<void> {
    (await this.#of(tenantId)).promisedBytes -= bytes;
  }

  /** What events need changed, or changes in a transaction that ends soon. */
  async pinsChange(tenantId: Uuid): Promise<void> {
    const room = await this.#of(tenantId);
    room.recountUntilMs = this.#deps.clock.monotonicMs() + PINS_SETTLE_MS;
  }

  /** Counts the rows anew, and makes them fit. */
  recount(tenantId: Uuid): Promise<PauseReason | undefined> {
    return this.#inTurn(tenantId, async (room) => {
      room.policy = (await room.store.policy()).policy;
      await this.#recount(room);
      return this.#makeRoom(room, 0);
    });
  }

  /** How much one segment may hold, so that open ones are a small part of the cap. */
  async largestSegmentBytes(tenantId: Uuid, openSegments: number): Promise<number> {
    const { policy } = await this.#of(tenantId);
    return policy.ringBytes / (8 * Math.max(1, openSegments));
  }

  async isPinnedOver(tenantId: Uuid): Promise<boolean> {
    const room = await this.#of(tenantId);
    return room.pinnedBytes > room.policy.pinnedBytes;
  }

  /** Key first: without it the rest is nothing. */
  async removeFiles(segment: SegmentName): Promise<void> {
    await this.#deps.blobs.remove(keyBlob(segment));
    await this.#deps.blobs.remove(segmentBlob(segment));
    this.#deps.onRemoved(segment);
  }

  async #makeRoom(room: TenantRoom, bytes: number): Promise<PauseReason | undefined> {
    for (;;) {
      const over = this.#excess(room, bytes);
      if (over <= 0) return undefined;
      const freed = await room.store.removeOldest(over, (segment) => this.removeFiles(segment));
      if (freed === 0) return room.pinnedBytes > room.policy.pinnedBytes ? "pinned_full" : "failed";
      this.#freed(room, freed);
    }
  }

  /** What of the ring is over its cap, once these bytes are in it. */
  #excess({ policy, ringBytes, pinnedBytes, promisedBytes }: TenantRoom, bytes: number): number {
    const takenByPins = Math.max(0, pinnedBytes - policy.pinnedBytes);
    return ringBytes + promisedBytes + bytes - Math.max(0, policy.ringBytes - takenByPins);
  }

  async #makeRoomOnDisk(room: TenantRoom, bytes: number): Promise<PauseReason | undefined> {
    while ((await this.#freeBytes()) < this.#deps.minFreeBytes + bytes) {
      const freed = await room.store.removeOldest(bytes, (segment) => this.removeFiles(segment));
      if (freed === 0) return "disk_full";
      this.#freed(room, freed);
      this.#space = undefined;
    }
    return undefined;
  }

  #freed(room: TenantRoom, bytes: number): void {
    room.ringBytes -= bytes;
    room.changes++;
  }

  /** The disk was found full: what was known of it is wrong. */
  forgetSpace(): void {
    this.#space = undefined;
  }

  async #freeBytes(): Promise<number> {
    const { blobs, clock } = this.#deps;
    if (this.#space === undefined || clock.monotonicMs() - this.#space.atMs > SPACE_KNOWN_MS)
      this.#space = { freeBytes: (await blobs.space()).freeBytes, atMs: clock.monotonicMs() };
    return this.#space.freeBytes;
  }

  async #recountWhenDue(room: TenantRoom): Promise<void> {
    const { recountUntilMs, recountedMs } = room;
    const sinceMs = this.#deps.clock.monotonicMs() - recountedMs;
    const havePinsChanged = recountUntilMs >= recountedMs && sinceMs >= RECOUNT_EVERY_MS;
    if (havePinsChanged || sinceMs >= RECOUNT_ANYWAY_MS) await this.#recount(room);
  }

  /** A sum that no write of ours overtook; after some tries the newest. */
  async #recount(room: TenantRoom): Promise<void> {
    for (let tries = 1; ; tries++) {
      const { changes } = room;
      const totals = await room.store.totals();
      if (changes !== room.changes && tries < RECOUNT_TRIES) continue;
      room.ringBytes = totals.ringBytes;
      room.pinnedBytes = totals.pinnedBytes;
      room.recountedMs = this.#deps.clock.monotonicMs();
      return;
    }
  }

  async #inTurn<T>(tenantId: Uuid, act: (room: TenantRoom) => Promise<T>): Promise<T> {
    const room = await this.#of(tenantId);
    const turn = (this.#turns.get(tenantId) ?? Promise.resolve()).then(() => act(room));
    this.#turns.set(
      tenantId,
      turn.catch(() => undefined),
    );
    return turn;
  }

  #of(tenantId: Uuid): Promise<TenantRoom> {
    const known = this.#tenants.get(tenantId);
    if (known !== undefined) return known;
    const loading = this.#load(tenantId);
    this.#tenants.set(tenantId, loading);
    loading.catch(() => this.#tenants.delete(tenantId));
    return loading;
  }

  async #load(tenantId: Uuid): Promise<TenantRoom> {
    const store = new RoomStore(this.#deps.db, tenantId);
    const { policy } = await store.policy();
    return {
      ...{ store, policy, promisedBytes: 0, changes: 0, recountUntilMs: 0 },
      ...(await store.totals()),
      recountedMs: this.#deps.clock.monotonicMs(),
    };
  }
}
