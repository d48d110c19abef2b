import type { UnixMs, Uuid } from "@gatehouse/base";
import type { alerts, devices, LiveFrame } from "@gatehouse/contract";
import type { Seen, Sight } from "./sight.ts";

export type Batch = Extract<LiveFrame, { type: "batch" }>;
export type LiveValue = [deviceId: Uuid, metric: string, tsMs: UnixMs, value: number | boolean | string];

/** What one browser asked for. */
export interface Wish {
  readonly values: "all" | ReadonlySet<Uuid>;
  readonly details: ReadonlySet<Uuid>;
}

export const NO_WISH: Wish = { values: new Set(), details: new Set() };

/** More readings than this in one frame are merged to the newest of each metric: no screen shows more. */
export const MAX_VALUES_PER_FRAME = 2_000;
const MAX_MERGED_VALUES = 20_000;
const MAX_LIST = 500;

/** What happened since the last frame. Bounded however long that is: older values make way for newer ones. */
export class News {
  #values: LiveValue[] = [];
  #newest: Map<string, LiveValue> | undefined;
  readonly #status = new Map<Uuid, [Uuid, devices.DeviceStatus, UnixMs]>();
  readonly #changed = new Set<Uuid>();
  readonly #commands = new Map<Uuid, devices.Command>();
  readonly #alerts = new Map<Uuid, alerts.Alert>();
  #log: { deviceId: Uuid; entry: devices.DeviceLogEntry }[] = [];
  #rate: Batch["rate"];

  get isEmpty(): boolean {
    const { size } = this.#newest ?? { size: this.#values.length };
    const rest =
      this.#status.size + this.#changed.size + this.#commands.size + this.#alerts.size + this.#log.length;
    return size + rest === 0 && this.#rate === undefined;
  }

  addValue(value: LiveValue): void {
    if (this.#newest !== undefined) keepNewest(this.#newest, value);
    else if (this.#values.length < MAX_VALUES_PER_FRAME) this.#values.push(value);
    else {
      this.merge();
      this.addValue(value);
    }
  }

  /** From now on only the newest value of each metric is kept. */
  merge(): void {
    if (this.#newest !== undefined) return;
    this.#newest = new Map();
    for (const value of this.#values) keepNewest(this.#newest, value);
    this.#values = [];
  }

  setStatus(deviceId: Uuid, status: devices.DeviceStatus, atMs: UnixMs): void {
    this.#status.set(deviceId, [deviceId, status, atMs]);
  }

  addChanged(deviceId: Uuid): void {
    this.#changed.add(deviceId);
  }

  setCommand(command: devices.Command): void {
    putBounded(this.#commands, command.id, command, MAX_LIST);
  }

  setAlert(alert: alerts.Alert): void {
    putBounded(this.#alerts, alert.id, alert, MAX_LIST);
  }

  addLog(deviceId: Uuid, entry: devices.DeviceLogEntry): void {
    this.#log.push({ deviceId, entry });
    if (this.#log.length > 2 * MAX_LIST) this.#log = this.#log.slice(-MAX_LIST);
  }

  setRate(rate: NonNullable<Batch["rate"]>): void {
    this.#rate = rate;
  }

  /** Takes over what a browser that could not be sent to would have got. */
  absorb(batch: Batch): void {
    this.merge();
    for (const value of batch.values ?? []) this.addValue(value);
    for (const [deviceId, status, atMs] of batch.status ?? []) this.setStatus(deviceId, status, atMs);
    for (const deviceId of batch.changed ?? []) this.addChanged(deviceId);
    for (const command of batch.commands ?? []) this.setCommand(command);
    for (const alert of batch.alerts ?? []) this.setAlert(alert);
    for (const { deviceId, entry } of batch.log ?? []) this.addLog(deviceId, entry);
    if (batch.rate !== undefined) this.#rate = batch.rate;
  }

  /** What one browser may see and wants to; undefined when that is nothing. */
  batchFor(wish: Wish, sight: Sight, serverMs: UnixMs): Batch | undefined {
    const device = sight.of("device.read");
    const alert = sight.of("alert.read");
    const parts: Omit<Batch, "type" | "serverMs"> = {
      ...this.#valuesFor(wish.values, sight.of("telemetry.read")),
      ...nonEmpty(
        "status",
        device([...this.#status.values()], ([deviceId]) => deviceId),
      ),
      ...nonEmpty(
        "changed",
        device([...this.#changed], (deviceId) => deviceId),
      ),
      ...nonEmpty("commands", detailsOf(device([...this.#commands.values()], deviceOf), wish)),
      ...nonEmpty("log", detailsOf(device(this.#log, deviceOf), wish)),
      ...nonEmpty("alerts", alert([...this.#alerts.values()], deviceOf)),
      ...(this.#rate === undefined || !sight.ofAll("overview.read") ? {} : { rate: this.#rate }),
    };
    return Object.keys(parts).length === 0 ? undefined : { type: "batch", serverMs, ...parts };
  }

  #valuesFor(wanted: Wish["values"], seen: Seen): Pick<Batch, "values" | "merged"> {
    const news = this.#newest === undefined ? this.#values : [...this.#newest.values()];
    const all = seen(news, ([deviceId]) => deviceId);
    const values = wanted === "all" ? all : all.filter(([deviceId]) => wanted.has(deviceId));
    if (values.length === 0) return {};
    return this.#newest === undefined ? { values } : { values, merged: true };
  }
}

const deviceOf = ({ deviceId }: { readonly deviceId?: Uuid }): Uuid | undefined => deviceId;

function keepNewest(newest: Map<string, LiveValue>, value: LiveValue): void {
  const key = `${value[0]}${value[1]}`;
  const known = newest.get(key);
  if (known === undefined) putBounded(newest, key, value, MAX_MERGED_VALUES);
  else if (known[2] <= value[2]) newest.set(key, value);
}

/** The oldest entry makes way. */
function putBounded<K, V>(map: Map<K, V>, key: K, value: V, limit: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > limit) map.delete(map.keys().next().value as K);
}

const detailsOf = <T extends { readonly deviceId: Uuid }>(items: readonly T[], wish: Wish): T[] =>
  items.filter(({ deviceId }) => wish.details.has(deviceId)).slice(-MAX_LIST);

const nonEmpty = <K extends string, T>(key: K, items: T[]): { [key in K]?: T[] } =>
  (items.length === 0 ? {} : { [key]: items }) as { [key in K]?: T[] };
