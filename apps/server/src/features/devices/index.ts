import type { UnixMs, Uuid } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import type { DeviceGate } from "../../platform/http/principal.ts";
import type { LoginAttempt } from "./credentials/authenticator.ts";
import type { SentLine } from "./device-log/log-line.ts";
import type { LogSender } from "./device-log/log-service.ts";
import { deviceRoutes } from "./device-routes.ts";
import type { Announcement } from "./inventory/discovery.ts";
import type { DeviceInput } from "./inventory/inventory-service.ts";
import { retentionJob } from "./jobs.ts";
import { createDevicesTables } from "./migrations/001-devices.ts";
import type { Actor, DeviceIdentity, DeviceRecord } from "./model.ts";
import type { DeviceOverview } from "./overview.ts";
import { operatorRoutes } from "./routes.ts";
import { DeviceHouse, type DevicesDeps } from "./service.ts";

export type { CertificateIssuer } from "./credentials/credential-service.ts";
export type { LastValues } from "./inventory/inventory-service.ts";
export type { DevicesTables } from "./tables.ts";
export type {
  Actor,
  Announcement,
  DeviceIdentity,
  DeviceInput,
  DeviceOverview,
  DeviceRecord,
  DevicesDeps,
  LoginAttempt,
  LogSender,
  SentLine,
};

export const devicesMigrations: FeatureMigrations = {
  feature: "devices",
  migrations: [createDevicesTables],
};

export interface DevicesFeature extends Feature {
  readonly deviceGate: DeviceGate;
  /** Synchronous inside: one hash. Publishes `message.refused` itself when it answers undefined. */
  authenticateDevice(attempt: LoginAttempt): Promise<DeviceIdentity | undefined>;
  /** From memory. Undefined for a device that is gone; look at `revoked`. */
  findDevice(deviceId: Uuid): DeviceRecord | undefined;
  /** By id, or by name in any case; from memory. */
  resolveName(tenantId: Uuid, nameOrId: string): Uuid | undefined;
  listDeviceIds(tenantId: Uuid): Uuid[];
  statusOf(deviceId: Uuid): devices.DeviceStatus | undefined;
  lastSeenOf(deviceId: Uuid): UnixMs | undefined;
  /** Heard from a device in a way that stores no reading (state, event, ping). */
  heard(deviceId: Uuid, from?: { readonly via: string; readonly address: string }): void;

  takePendingCommands(deviceId: Uuid): Promise<devices.Command[]>;
  commandDelivered(commandId: Uuid): Promise<void>;
  /** Throws `device.command_not_found` for a command that is not the device's. */
  commandAnswered(
    deviceId: Uuid,
    commandId: Uuid,
    ok: boolean,
    reason?: string,
  ): Promise<devices.CommandState>;
  sendCommand(
    actor: Actor,
    deviceId: Uuid,
    command: { readonly key: string; readonly params: devices.Command["params"]; readonly ttlMs?: number },
  ): Promise<devices.Command>;
  /** Durable when it resolves; what exceeds the device's rate or cannot be stored is refused, published and counted. */
  appendLog(sender: LogSender, lines: readonly SentLine[]): Promise<{ accepted: number; refused: number }>;

  /** Throws `limit.reached`, and `site.not_found` where there is no site yet. */
  discover(tenantId: Uuid, announcement: Announcement): Promise<Uuid>;
  createSite(tenantId: Uuid, site: { name: string; timeZone: string; demo?: boolean }): Promise<devices.Site>;
  listSites(tenantId: Uuid): Promise<devices.Site[]>;
  /** The site with every device in it. */
  removeSite(actor: Actor, siteId: Uuid): Promise<void>;
  createDevice(
    actor: Actor,
    input: DeviceInput,
  ): Promise<{ device: devices.Device; key: devices.NewApiKey; claim: devices.ClaimCode }>;
  getDevice(tenantId: Uuid, deviceId: Uuid): Promise<devices.Device>;
  revokeDevice(actor: Actor, deviceId: Uuid): Promise<void>;

  overview(tenantId: Uuid): Promise<DeviceOverview>;
  refusedLast24h(
    tenantId: Uuid,
  ): Promise<{ last24h: number; spark: number[]; byControl: { code: string; count: number }[] }>;
}

export function createDevices(deps: DevicesDeps): DevicesFeature {
  const house = new DeviceHouse(deps);
  const { clock } = deps;
  return {
    name: "devices",
    routes: [...operatorRoutes(house), ...deviceRoutes(house)],
    jobs: [retentionJob(house.context, deps.retentionLogDays)],
    start: () => house.start(),
    stop: () => house.stop(),
    deviceGate: house.gate,
    async authenticateDevice(attempt) {
      const verdict = house.authenticator.login(attempt);
      return "identity" in verdict ? verdict.identity : undefined;
    },
    findDevice: (deviceId) => house.directory.find(deviceId),
    resolveName: (tenantId, nameOrId) => house.directory.resolveName(tenantId, nameOrId),
    listDeviceIds: (tenantId) => house.directory.idsOf(tenantId),
    statusOf: (deviceId) => house.presence.find(deviceId)?.status,
    lastSeenOf: (deviceId) => house.presence.find(deviceId)?.lastSeenMs,
    heard: (deviceId, from) => house.presence.heard(deviceId, clock.nowMs(), from),
    takePendingCommands: (deviceId) => house.commands.takePending(deviceId),
    commandDelivered: async (commandId) => void (await house.commands.delivered(commandId)),
    commandAnswered: (...answer) => house.commands.answered(...answer),
    sendCommand: (...command) => house.commands.send(...command),
    appendLog: (sender, lines) => house.logs.append(sender, lines),
    discover: (tenantId, announcement) => house.discovery.discover(tenantId, announcement),
    createSite: (tenantId, site) => house.sites.create(tenantId, site),
    listSites: (tenantId) => house.sites.list(tenantId),
    async removeSite(actor, siteId) {
      await house.inventory.deleteAllOfSite(actor, siteId);
      await house.sites.delete(actor.tenantId, siteId);
    },
    createDevice: (actor, input) => house.inventory.create(actor, input),
    getDevice: (tenantId, deviceId) => house.inventory.get(tenantId, deviceId),
    revokeDevice: (actor, deviceId) => house.revocation.revoke(actor, deviceId),
    overview: (tenantId) => house.overview.read(tenantId),
    refusedLast24h: (tenantId) => house.refusals.last24h(tenantId),
  };
}
