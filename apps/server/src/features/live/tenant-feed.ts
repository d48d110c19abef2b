import type { Uuid } from "@gatehouse/base";
import type { alerts, devices, Reading } from "@gatehouse/contract";
import { Backlog, type LiveValue } from "./backlog.ts";

/** Values of one flush that are sent one by one; beyond that only the newest of each metric. */
const MAX_VALUES = 2_000;
/** Log lines and commands kept for one flush. */
const MAX_DETAILS = 200;

export interface Details {
  readonly commands: devices.Command[];
  readonly log: { readonly deviceId: Uuid; readonly entry: devices.DeviceLogEntry }[];
}

/** What is new since the last flush, for everybody of one tenant. */
export interface News {
  readonly values: readonly LiveValue[];
  readonly merged: boolean;
  readonly status: readonly (readonly [Uuid, devices.DeviceStatus, number])[];
  readonly changed: readonly Uuid[];
  readonly alerts: readonly alerts.Alert[];
  readonly details: Details;
}

/** Gathers what the bus says about one tenant between two flushes. */
export class TenantFeed {
  #values: LiveValue[] = [];
  #overflow: Backlog | undefined;
  readonly #status = new Map<Uuid, readonly [Uuid, devices.DeviceStatus, number]>();
  readonly #changed = new Set<Uuid>();
  readonly #alerts = new Map<Uuid, alerts.Alert>();
  #details: Details = { commands: [], log: [] };

  addReading({ deviceId, tsMs, numbers, states }: Reading): void {
    for (const [metric, value] of numbers) this.#addValue([deviceId, metric, tsMs, value]);
    for (const [metric, value] of states) this.#addValue([deviceId, metric, tsMs, value]);
  }

  addStatus(deviceId: Uuid, status: devices.DeviceStatus, atMs: number): void {
    this.#status.set(deviceId, [deviceId, status, atMs]);
  }

  addChanged(deviceId: Uuid): void {
    this.#changed.add(deviceId);
  }

  addAlert(alert: alerts.Alert): void {
    this.#alerts.set(alert.id, alert);
  }

  addCommand(command: devices.Command): void {
    if (this.#details.commands.length < MAX_DETAILS) this.#details.commands.push(command);
  }

  addLog(deviceId: Uuid, entry: devices.DeviceLogEntry): void {
    if (this.#details.log.length < MAX_DETAILS) this.#details.log.push({ deviceId, entry });
  }

  take(): News {
    const news: News = {
      values: this.#overflow?.take() ?? this.#values,
      merged: this.#overflow !== undefined,
      status: [...this.#status.values()],
      changed: [...this.#changed],
      alerts: [...this.#alerts.values()],
      details: this.#details,
    };
    this.#values = [];
    this.#overflow = undefined;
    this.#status.clear();
    this.#changed.clear();
    this.#alerts.clear();
    this.#details = { commands: [], log: [] };
    return news;
  }

  #addValue(value: LiveValue): void {
    if (this.#overflow !== undefined) {
      this.#overflow.add([value]);
      return;
    }
    this.#values.push(value);
    if (this.#values.length <= MAX_VALUES) return;
    this.#overflow = new Backlog();
    this.#overflow.add(this.#values);
    this.#values = [];
  }
}
