import type { GatewayFeature } from "../features/gateway/index.ts";
import type { LiveFeature } from "../features/live/index.ts";
import type { NotificationsFeature } from "../features/notifications/index.ts";
import type { TelemetryFeature } from "../features/telemetry/index.ts";
import type { TrustFeature } from "../features/trust/index.ts";
import type { Metrics } from "../platform/metrics/metrics.ts";

interface Sources {
  readonly notifications: NotificationsFeature;
  readonly gateway: GatewayFeature;
  readonly telemetry: TelemetryFeature;
  readonly live: LiveFeature;
  readonly trust: TrustFeature;
}

/** What Prometheus reads: figures of the whole installation, none of a device or a person. */
export function addMetrics(
  metrics: Metrics,
  { notifications, gateway, telemetry, live, trust }: Sources,
): void {
  metrics.add({
    name: "gatehouse_device_connections",
    help: "Device connections",
    read: () => gateway.connectedCount(),
  });
  metrics.add({
    name: "gatehouse_messages_accepted_total",
    help: "Messages accepted since start",
    read: () => gateway.stats().accepted.total,
  });
  metrics.add({
    name: "gatehouse_messages_refused_total",
    help: "Messages refused since start, by reason",
    labels: ["code"],
    read: () => [...gateway.stats().refused.byCode].map(([code, value]) => ({ labels: { code }, value })),
  });
  metrics.add({
    name: "gatehouse_person_messages_capped_total",
    help: "Messages to people that a day's limit stopped since start",
    labels: ["medium"],
    read: () =>
      Object.entries(notifications.messenger.capped()).map(([medium, value]) => ({
        labels: { medium },
        value,
      })),
  });
  metrics.add({
    name: "gatehouse_event_links_total",
    help: "Short links of messages since start: opened, and refused as forged, expired or another organisation's",
    labels: ["result"],
    read: () =>
      Object.entries(notifications.eventLinkStats()).map(([result, value]) => ({
        labels: { result },
        value,
      })),
  });
  metrics.add({
    name: "gatehouse_messages_waiting",
    help: "Messages that wait for room in the store",
    read: () => gateway.stats().waiting,
  });
  metrics.add({
    name: "gatehouse_readings_stored_total",
    help: "Readings committed since start",
    read: () => telemetry.stats().accepted,
  });
  metrics.add({
    name: "gatehouse_readings_queued",
    help: "Readings waiting for their commit",
    read: () => telemetry.stats().queued,
  });
  metrics.add({
    name: "gatehouse_reading_conflicts_total",
    help: "Values that contradicted an earlier one since start",
    read: () => telemetry.stats().conflicts,
  });
  metrics.add({
    name: "gatehouse_readings_held_total",
    help: "Readings kept apart since start",
    read: () => trust.stats().held,
  });
  metrics.add({
    name: "gatehouse_quarantines_total",
    help: "Devices quarantined since start, by people and by their score",
    read: () => trust.stats().quarantines,
  });
  metrics.add({
    name: "gatehouse_devices_quarantined",
    help: "Devices whose readings are kept apart now",
    read: () => trust.stats().quarantined,
  });
  metrics.add({
    name: "gatehouse_live_viewers",
    help: "Browsers on the live hub",
    read: () => live.viewerCount(),
  });
}
