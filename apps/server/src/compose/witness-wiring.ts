import type { Uuid } from "@gatehouse/base";
import type { DevicesFeature } from "../features/devices/index.ts";
import type { GatewayFeature } from "../features/gateway/index.ts";
import type { WitnessLinks, WitnessNotice } from "../features/ledger/index.ts";
import type { NotificationsFeature } from "../features/notifications/index.ts";
import type { SiteSettings } from "../features/settings/index.ts";

export interface WitnessNeighbours {
  readonly devices: DevicesFeature;
  readonly gateway: Pick<GatewayFeature, "sendControl">;
  readonly notifications: Pick<NotificationsFeature, "notifier">;
}

const GATEWAY_TYPE = "site-gateway";

/** Machines that cosign the log, and how people hear of those that do not. */
export const witnessLinks = (neighbours: () => WitnessNeighbours): WitnessLinks => ({
  find(deviceId) {
    const device = neighbours().devices.findDevice(deviceId);
    if (device === undefined || device.revoked) return undefined;
    return { name: device.name, isGateway: device.typeId === GATEWAY_TYPE };
  },
  send: (deviceId: Uuid, payload) => neighbours().gateway.sendControl(deviceId, payload),
  tell: (tx, { tenantId, event, about, name, sinceMs }: WitnessNotice) =>
    neighbours().notifications.notifier.announce(tx, {
      tenantId,
      kind: "announced",
      event: `witness.${event}`,
      severity: about === "refused" ? "critical" : "warning",
      name,
      sinceMs,
    }),
  told: () => neighbours().notifications.notifier.wake(),
});

export const silenceLimits = ({ witnessSilence }: Pick<SiteSettings, "witnessSilence">) => ({
  installationMs: witnessSilence.installationMinutes * 60_000,
  machineMs: witnessSilence.machineHours * 3_600_000,
});
