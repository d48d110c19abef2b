import type { UnixMs, Uuid } from "@gatehouse/base";
import type { access, alerts, cameras } from "@gatehouse/contract";
import type { AlertTransaction } from "./alert-store.ts";
import type { MetricValue } from "./signal.ts";

export interface DeviceMetric {
  readonly key: string;
  readonly kind: "number" | "state";
  readonly unit: string;
}

/** What alerts need to know of a device. */
export interface WatchedDevice {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly name: string;
  readonly siteId: Uuid;
  readonly siteName: string;
  /** IANA zone of the site. */
  readonly timeZone: string;
  readonly typeId: string;
  readonly tags: readonly string[];
  readonly revoked: boolean;
  /** Expected reporting interval. */
  readonly intervalMs: number;
  readonly lastSeenMs?: UnixMs;
  /** Metrics of the type and those the device announced. */
  readonly metrics: readonly DeviceMetric[];
  /** The type takes any metric (generic JSON): `metrics` is not the whole list. */
  readonly openMetrics: boolean;
}

export interface DeviceDirectory {
  /** Every device of every tenant. */
  list(): Promise<readonly WatchedDevice[]>;
  /** Those of the given devices that exist. */
  find(deviceIds: readonly Uuid[]): Promise<readonly WatchedDevice[]>;
  /** Devices that an asker may see, `all` for the whole organisation; from memory. */
  within(scope: access.Scope): "all" | readonly Uuid[];
  /** Where they lie, of those that the organisation has; from memory. */
  placesOf(tenantId: Uuid, deviceIds: readonly Uuid[]): readonly access.Place[];
  /** What a device type measures; undefined = no such type. */
  typeMetrics(
    typeId: string,
  ): { readonly metrics: readonly DeviceMetric[]; readonly open: boolean } | undefined;
}

/** Something before a camera, as it is now. */
export interface SeenEvent {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly kind: cameras.CameraEventKind;
  readonly startMs: UnixMs;
  /** Undefined while it goes on. */
  readonly endMs: UnixMs | undefined;
  readonly zones: readonly string[];
  readonly detection?: cameras.EventDetection | undefined;
  readonly verdict?: cameras.CameraEvent["verdict"] | undefined;
}

export interface CameraEvents {
  find(eventId: Uuid): Promise<SeenEvent | undefined>;
  /** Of every organisation those that were due an alarm since, oldest first. */
  alarmsSince(sinceMs: UnixMs): Promise<readonly SeenEvent[]>;
  /** Those that overlap the span, at most `limit` of each camera. */
  eventsIn(
    tenantId: Uuid,
    cameraIds: readonly Uuid[],
    fromMs: UnixMs,
    toMs: UnixMs,
    limit: number,
  ): Promise<readonly SeenEvent[]>;
}

export interface StoredValue {
  readonly metric: string;
  readonly tsMs: UnixMs;
  readonly value: MetricValue;
}

export interface TelemetryReader {
  last(deviceIds: readonly Uuid[]): Promise<ReadonlyMap<Uuid, readonly StoredValue[]>>;
  /** Raw values of the range, oldest first, at most `limit` (the newest are left out). */
  history(
    tenantId: Uuid,
    deviceId: Uuid,
    metric: string,
    fromMs: UnixMs,
    toMs: UnixMs,
    limit: number,
  ): Promise<readonly { readonly tsMs: UnixMs; readonly value: MetricValue }[]>;
}

export type NoticeKind = "raised" | "repeated" | "escalated" | "resolved";

export interface Notifier {
  /** Queues messages in the caller's transaction: they exist if and only if the alert's change does. */
  enqueue(
    tx: AlertTransaction,
    notice: {
      readonly tenantId: Uuid;
      readonly kind: NoticeKind;
      readonly alert: alerts.Alert;
      readonly channelIds: readonly Uuid[];
    },
  ): Promise<void>;
  /** Those of the given channels that the tenant does not have. */
  unknownChannels(tenantId: Uuid, channelIds: readonly Uuid[]): Promise<readonly Uuid[]>;
  /** Of every channel of the tenant. */
  channelNames(tenantId: Uuid): Promise<ReadonlyMap<Uuid, string>>;
}

export interface AlertSettings {
  get(tenantId: Uuid): { readonly retentionLogDays: number };
}
