import type { UnixMs } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";

/** What is known of a device's liveliness. */
export interface Hearing {
  readonly revoked: boolean;
  /** Open connections (MQTT, WebSocket). */
  readonly connections: number;
  /** When it was last heard; absent = never. */
  readonly heardMs: UnixMs | undefined;
  readonly intervalMs: number;
}

const OFFLINE_AFTER_MS = 600_000;
/** Below this, one slow commit would make a fast device flicker. */
const STALE_AFTER_AT_LEAST_MS = 5_000;

/** Silent over three of its own intervals. */
export const staleAfterMs = (intervalMs: number): number => Math.max(3 * intervalMs, STALE_AFTER_AT_LEAST_MS);

/** Ten minutes; a device that reports more rarely than every 100 s gets twice its stale time. */
export const offlineAfterMs = (intervalMs: number): number =>
  Math.max(OFFLINE_AFTER_MS, 2 * staleAfterMs(intervalMs));

/** An open connection keeps a silent device from being offline: it is reachable, its values are old. */
export function deviceStatus(hearing: Hearing, nowMs: UnixMs): devices.DeviceStatus {
  if (hearing.revoked) return "revoked";
  if (hearing.heardMs === undefined) return "never";
  const silentMs = nowMs - hearing.heardMs;
  if (silentMs <= staleAfterMs(hearing.intervalMs)) return "online";
  if (hearing.connections > 0 || silentMs <= offlineAfterMs(hearing.intervalMs)) return "stale";
  return "offline";
}

/** First instant at which the status differs if nothing more is heard; undefined when silence changes nothing. */
export function nextStatusChangeMs(hearing: Hearing, nowMs: UnixMs): UnixMs | undefined {
  if (hearing.heardMs === undefined) return undefined;
  const status = deviceStatus(hearing, nowMs);
  if (status === "online") return hearing.heardMs + staleAfterMs(hearing.intervalMs) + 1;
  if (status === "stale" && hearing.connections === 0)
    return hearing.heardMs + offlineAfterMs(hearing.intervalMs) + 1;
  return undefined;
}
