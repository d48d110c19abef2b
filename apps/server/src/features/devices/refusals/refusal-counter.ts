import type { Clock, UnixMs, Uuid } from "@gatehouse/base";
import type { access, BusMessages, devices } from "@gatehouse/contract";
import { storableText } from "../device-log/log-line.ts";
import type { DeviceDirectory } from "../directory/directory.ts";
import type { DevicesDatabase } from "../tables.ts";
import {
  addAccepted,
  addAnonymousRefusals,
  addDeviceRefusals,
  type RefusalCount,
  refusalsOfDevice,
  refusalsWithin,
  sumAccepted,
} from "./refusal-store.ts";
import { DAY_MS, firstSlotMs, HOUR_MS, SLOT_MS, sparkOf, startOf } from "./slots.ts";

const MAX_DETAIL_LENGTH = 200;
/** Different counts waiting to be written; beyond it, refusals of more devices are only counted without their name. */
const MAX_WAITING = 50_000;
const NOBODY = "";

type Counted = Pick<RefusalCount, "deviceId" | "slotMs" | "code" | "via" | "unproven">;
const keyOf = ({ deviceId, slotMs, code, via, unproven }: Counted): string =>
  `${deviceId}/${slotMs}/${code}/${via}/${unproven}`;

/**
 * Counts what was refused by device, reason, way and 12 minutes, and what was accepted by device and hour. Counted in
 * memory and added up in the database every few seconds: a crash loses seconds of counts and no message.
 */
export class RefusalCounter {
  readonly #db: DevicesDatabase;
  readonly #clock: Clock;
  readonly #directory: DeviceDirectory;
  #refused = new Map<string, RefusalCount>();
  #accepted = new Map<Uuid, number>();
  #flushing: Promise<void> = Promise.resolve();

  constructor(db: DevicesDatabase, clock: Clock, directory: DeviceDirectory) {
    this.#db = db;
    this.#clock = clock;
    this.#directory = directory;
  }

  refused({ deviceId, code, via, detail, unproven = false, atMs }: BusMessages["message.refused"]): void {
    const known = deviceId !== undefined && this.#refused.size < MAX_WAITING ? deviceId : NOBODY;
    const slotMs = startOf(atMs, SLOT_MS);
    const key = keyOf({ deviceId: known, slotMs, code, via, unproven });
    const text = detail === undefined ? undefined : storableText(detail, MAX_DETAIL_LENGTH);
    const count = this.#refused.get(key);
    if (count === undefined) {
      this.#refused.set(key, {
        deviceId: known,
        slotMs,
        code,
        via,
        unproven,
        count: 1,
        firstMs: atMs,
        lastMs: atMs,
        detail: text,
      });
      return;
    }
    count.count++;
    count.lastMs = atMs;
    count.detail = text ?? count.detail;
  }

  accepted(deviceId: Uuid, messages: number): void {
    this.#accepted.set(deviceId, (this.#accepted.get(deviceId) ?? 0) + messages);
  }

  /** Adds what was counted to the database, one call after the other. */
  flush(): Promise<void> {
    const next = this.#flushing.then(() => this.#write());
    this.#flushing = next.catch(() => undefined);
    return next;
  }

  /** The last 24 h of one device by reason and way: its own, then those only in its name, most frequent first. */
  async ofDevice(
    tenantId: Uuid,
    deviceId: Uuid,
  ): Promise<{ items: devices.Refusal[]; refused: number; accepted: number }> {
    await this.flush();
    const nowMs = this.#clock.nowMs();
    const items = await refusalsOfDevice(this.#db, tenantId, deviceId, firstSlotMs(nowMs));
    const accepted = await sumAccepted(
      this.#db,
      tenantId,
      deviceId,
      startOf(nowMs, HOUR_MS) - DAY_MS + HOUR_MS,
    );
    const own = items.filter(({ unproven }) => unproven === undefined);
    return { items, refused: own.reduce((sum, { count }) => sum + count, 0), accepted };
  }

  /** Of devices that the asker may see, and for the installation's host of senders that belong to nobody. */
  async last24h(
    scope: access.Scope,
    withAnonymous: boolean,
  ): Promise<{ last24h: number; spark: number[]; byControl: { code: string; count: number }[] }> {
    await this.flush();
    const nowMs = this.#clock.nowMs();
    const rows = await refusalsWithin(this.#db, scope, firstSlotMs(nowMs), withAnonymous);
    const byCode = new Map<string, number>();
    for (const { code, count } of rows) byCode.set(code, (byCode.get(code) ?? 0) + count);
    const byControl = [...byCode].map(([code, count]) => ({ code, count })).sort((a, b) => b.count - a.count);
    return {
      last24h: rows.reduce((sum, { count }) => sum + count, 0),
      spark: sparkOf(
        rows.map(({ slotMs, count }) => [slotMs, count]),
        nowMs,
        (a, b) => a + b,
      ),
      byControl,
    };
  }

  async #write(): Promise<void> {
    const [refused, accepted] = [this.#refused, this.#accepted];
    if (refused.size === 0 && accepted.size === 0) return;
    this.#refused = new Map();
    this.#accepted = new Map();
    const known = (deviceId: Uuid): Uuid | undefined => this.#directory.find(deviceId)?.tenantId;
    const rows = [...refused.values()];
    try {
      const hourMs: UnixMs = startOf(this.#clock.nowMs(), HOUR_MS);
      await this.#db.transaction().execute(async (tx) => {
        const named = rows.filter(({ deviceId }) => known(deviceId) !== undefined);
        await addDeviceRefusals(tx, named, known);
        await addAnonymousRefusals(
          tx,
          rows.filter(({ deviceId }) => deviceId === NOBODY),
        );
        await addAccepted(
          tx,
          [...accepted].filter(([deviceId]) => known(deviceId) !== undefined),
          hourMs,
          known,
        );
      });
    } catch (error) {
      this.#merge(rows, accepted);
      throw error;
    }
  }

  /** What could not be written counts on. */
  #merge(rows: readonly RefusalCount[], accepted: ReadonlyMap<Uuid, number>): void {
    for (const row of rows) {
      const key = keyOf(row);
      const newer = this.#refused.get(key);
      if (newer === undefined) this.#refused.set(key, row);
      else {
        newer.count += row.count;
        newer.firstMs = row.firstMs;
      }
    }
    for (const [deviceId, messages] of accepted) this.accepted(deviceId, messages);
  }
}
