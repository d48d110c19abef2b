import type { devices } from "@gatehouse/contract";
import { useCallback, useSyncExternalStore } from "react";
import type { LiveBatch, LiveListener } from "./live-hub.ts";

export type LiveValue = number | boolean | string;

/** A reading as shown: the value and the instant the device measured it. */
export interface Reading {
  readonly value: LiveValue;
  readonly tsMs: number;
}

interface DeviceState {
  readonly status: devices.DeviceStatus;
  readonly lastSeenMs: number;
}

/**
 * The newest reading of every series and the status of every device that a live frame has named. A cell of a
 * table subscribes to its own key only, so that one reading renders one cell.
 */
class LiveValues implements LiveListener {
  readonly #readings = new Map<string, Reading>();
  readonly #statuses = new Map<string, DeviceState>();
  readonly #listeners = new Map<string, Set<() => void>>();

  onBatch(batch: LiveBatch): void {
    const touched = new Set<string>();
    for (const [deviceId, metric, tsMs, value] of batch.values ?? []) {
      const key = seriesKey(deviceId, metric);
      const known = this.#readings.get(key);
      if (known !== undefined && known.tsMs > tsMs) continue;
      this.#readings.set(key, { value, tsMs });
      touched.add(key);
    }
    for (const [deviceId, status, lastSeenMs] of batch.status ?? []) {
      this.#statuses.set(deviceId, { status, lastSeenMs });
      touched.add(deviceId);
    }
    for (const key of touched) for (const listener of this.#listeners.get(key) ?? []) listener();
  }

  /** After a gap what is kept may be old: the lists are read again and their values hold until the next frame. */
  onGap(): void {
    this.#readings.clear();
    this.#statuses.clear();
    for (const listeners of this.#listeners.values()) for (const listener of listeners) listener();
  }

  reading = (deviceId: string, metric: string) => this.#readings.get(seriesKey(deviceId, metric));
  status = (deviceId: string) => this.#statuses.get(deviceId);

  subscribe(key: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(key);
    };
  }
}

export const seriesKey = (deviceId: string, metric: string): string => `${deviceId}:${metric}`;

export const liveValues = new LiveValues();

/** The newest reading of a series: the live one, or `read` (from a list) until one arrives or if it is newer. */
export function useLiveReading(deviceId: string, metric: string, read?: Reading): Reading | undefined {
  const subscribe = useCallback(
    (listener: () => void) => liveValues.subscribe(seriesKey(deviceId, metric), listener),
    [deviceId, metric],
  );
  const live = useSyncExternalStore(subscribe, () => liveValues.reading(deviceId, metric));
  return live !== undefined && (read === undefined || live.tsMs >= read.tsMs) ? live : read;
}

/** The device's status: the live one, or `read` until a frame names the device. */
export function useLiveDeviceStatus(deviceId: string, read: devices.DeviceStatus): devices.DeviceStatus {
  const subscribe = useCallback(
    (listener: () => void) => liveValues.subscribe(deviceId, listener),
    [deviceId],
  );
  return useSyncExternalStore(subscribe, () => liveValues.status(deviceId)?.status) ?? read;
}
