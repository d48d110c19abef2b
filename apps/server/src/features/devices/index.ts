import { AppError, type UnixMs, type Uuid } from "@gatehouse/base";
import { access, type devices } from "@gatehouse/contract";
import { naturalOrder } from "../../platform/database/index.ts";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import type { DeviceGate } from "../../platform/http/principal.ts";
import type { ClaimedDevice, OpenClaim } from "./claims/claim-service.ts";
import type { LoginAttempt } from "./credentials/authenticator.ts";
import { demoKey } from "./credentials/demo-key.ts";
import type { Alongside } from "./device-log/device-log.ts";
import type { SentLine } from "./device-log/log-line.ts";
import type { AppendedLines, LogSender } from "./device-log/log-service.ts";
import { type DeviceLine, listWarnings } from "./device-log/log-store.ts";
import { deviceRoutes } from "./device-routes.ts";
import type { DeviceDescription, DeviceSelection } from "./inventory/description-store.ts";
import type { Announcement } from "./inventory/discovery.ts";
import type { DeviceInput } from "./inventory/inventory-service.ts";
import { retentionJob } from "./jobs.ts";
import { createDevicesTables } from "./migrations/001-devices.ts";
import { createTopicGrants } from "./migrations/002-topic-grants.ts";
import { addClaimKey } from "./migrations/003-claim-key.ts";
import { addLogCodes } from "./migrations/004-log-codes.ts";
import { addGateway } from "./migrations/005-gateway.ts";
import { addUnprovenRefusals } from "./migrations/006-unproven-refusals.ts";
import type { Actor, DeviceIdentity, DeviceRecord } from "./model.ts";
import type { DeviceOverview } from "./overview.ts";
import type { EndedCredential } from "./ports.ts";
import { operatorRoutes } from "./routes.ts";
import { DeviceHouse, type DevicesDeps } from "./service.ts";
import type { DevicesDatabase } from "./tables.ts";

export type { CertificateIssuer } from "./credentials/credential-service.ts";
export type { LastValues } from "./inventory/inventory-service.ts";
export type { Revocations } from "./ports.ts";
export type { DevicesTables } from "./tables.ts";
export type {
  Actor,
  Announcement,
  DeviceDescription,
  DeviceIdentity,
  DeviceInput,
  DeviceOverview,
  DeviceRecord,
  DeviceSelection,
  DevicesDeps,
  EndedCredential,
  LoginAttempt,
  LogSender,
  SentLine,
};

export const devicesMigrations: FeatureMigrations = {
  feature: "devices",
  migrations: [
    createDevicesTables,
    createTopicGrants,
    addClaimKey,
    addLogCodes,
    addGateway,
    addUnprovenRefusals,
    naturalOrder,
  ],
};

/** What happened to a device's identity; `message` says `code` in English. */
export interface CredentialRemark {
  readonly level: "info" | "warn";
  readonly code: devices.LogCode;
  readonly message: string;
  readonly data: object;
}

type Inside<T> = (tx: DevicesDatabase, device: ClaimedDevice) => Promise<T>;

export interface DevicesFeature extends Feature {
  readonly deviceGate: DeviceGate;
  /** One hash, from memory. Undefined when the credentials are wrong; throws `device.revoked`. The caller publishes the refusal. */
  authenticateDevice(attempt: LoginAttempt): Promise<DeviceIdentity | undefined>;
  /** From memory. Undefined for a device that is gone; look at `revoked`. */
  findDevice(deviceId: Uuid): DeviceRecord | undefined;
  /** By id, or by name in any case; from memory. */
  resolveName(tenantId: Uuid, nameOrId: string): Uuid | undefined;
  listDeviceIds(tenantId: Uuid): Uuid[];
  /** Every device of every tenant, or those of one, or those named: two queries. */
  describeDevices(which?: DeviceSelection): Promise<DeviceDescription[]>;
  statusOf(deviceId: Uuid): devices.DeviceStatus | undefined;
  lastSeenOf(deviceId: Uuid): UnixMs | undefined;
  /** Heard from a device in a way that stores no reading (state, event, ping). */
  heard(deviceId: Uuid, from?: { readonly via: string; readonly address: string }, atMs?: UnixMs): void;
  /** The site gateway that speaks for the device; from memory. */
  gatewayOf(deviceId: Uuid): Uuid | undefined;
  /** The devices that the gateway speaks for; from memory. */
  assignedTo(gatewayId: Uuid): ReadonlySet<Uuid>;

  takePendingCommands(deviceId: Uuid): Promise<devices.Command[]>;
  commandDelivered(commandId: Uuid): Promise<void>;
  /** Throws `device.command_not_found` for a command that is not the device's. */
  commandAnswered(
    deviceId: Uuid,
    commandId: string,
    ok: boolean,
    reason?: string,
  ): Promise<devices.CommandState>;
  sendCommand(
    actor: Actor,
    deviceId: Uuid,
    command: { readonly key: string; readonly params: devices.Command["params"]; readonly ttlMs?: number },
  ): Promise<devices.Command>;
  /** Durable when it resolves; what exceeds the device's rate or cannot be stored is refused, published and counted. */
  appendLog(sender: LogSender, lines: readonly SentLine[], alongside?: Alongside): Promise<AppendedLines>;
  /** Warnings and errors that came from these devices between the two times, newest first. */
  warningsIn(
    tenantId: Uuid,
    deviceIds: readonly Uuid[],
    span: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
    limit: number,
  ): Promise<readonly DeviceLine[]>;

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
  /** Those of the given devices that are this tenant's. */
  findDevices(tenantId: Uuid, deviceIds: readonly Uuid[]): Promise<devices.Device[]>;
  /** Tenants that have a device. */
  tenants(): Uuid[];
  revokeDevice(actor: Actor, deviceId: Uuid): Promise<void>;
  /** A new key; the earlier ones end now or after the overlap. */
  rotateKey(actor: Actor, deviceId: Uuid, overlapSeconds?: number): Promise<devices.NewApiKey>;
  /** The key of a device that is marked `demo`; undefined when somebody revoked it. */
  demoKey(actor: Actor, deviceId: Uuid): Promise<string | undefined>;

  /** The open code of this hash (lower-case hex), without using it up. */
  findOpenClaim(codeSha256: string): Promise<OpenClaim | undefined>;
  /** Uses the code up for an API key and what `inside` adds in the same transaction; undefined when it does not work. */
  enrolDevice<T>(codeSha256: string, inside: Inside<T>): Promise<T | undefined>;
  /** Adds a device with an API key and what `inside` adds in the same transaction. */
  addEnrolled<T>(tenantId: Uuid, input: DeviceInput, inside: Inside<T>): Promise<T>;
  /** One more API key for a device that is there, and what `inside` adds in the same transaction. */
  reEnrol<T>(tenantId: Uuid, deviceId: Uuid, inside: Inside<T>): Promise<T>;
  /** After a restore: a code in a backup may have been used since. */
  endClaims(): Promise<void>;
  /** Ends what is listed, whatever the database says; answers how many devices lost something. */
  applyEndings(ended: readonly EndedCredential[]): Promise<number>;
  /** A remark of ours in the device's log. */
  noteCredential(tenantId: Uuid, deviceId: Uuid, remark: CredentialRemark): void;

  /** Devices that an asker may see; from memory. */
  idsWithin(scope: access.Scope): Uuid[];
  overview(scope: access.Scope): Promise<DeviceOverview>;
  /** `withAnonymous`: senders that belong to nobody too. */
  refusedLast24h(
    scope: access.Scope,
    withAnonymous: boolean,
  ): Promise<{ last24h: number; spark: number[]; byControl: { code: string; count: number }[] }>;
}

export function createDevices(deps: DevicesDeps): DevicesFeature {
  const house = new DeviceHouse(deps);
  const { clock } = deps;
  return {
    name: "devices",
    names: [
      {
        kind: "device",
        permission: "device.read",
        list: (scope, ids) =>
          house.directory
            .idsWithin(scope)
            .filter((id) => ids?.has(id) ?? true)
            .map((id) => ({ id, name: house.directory.find(id)?.name ?? "" })),
      },
      { kind: "site", permission: "site.read", list: (scope) => house.sites.list(scope) },
    ],
    routes: [...operatorRoutes(house), ...deviceRoutes(house)],
    jobs: [retentionJob(house.context, deps.retentionLogDays)],
    resources: house.resources,
    start: () => house.start(),
    stop: () => house.stop(),
    deviceGate: house.gate,
    async authenticateDevice(attempt) {
      const verdict = house.authenticator.login(attempt);
      if ("identity" in verdict) return verdict.identity;
      const { refused, detail, device, named } = verdict;
      if (device !== undefined) house.occurrences.loginRefused(device, refused, detail);
      if (named !== undefined) house.occurrences.loginUnproven(named, detail);
      if (refused === "device.revoked") throw new AppError(refused);
      return undefined;
    },
    findDevice: (deviceId) => house.directory.find(deviceId),
    resolveName: (tenantId, nameOrId) => house.directory.resolveName(tenantId, nameOrId),
    listDeviceIds: (tenantId) => house.directory.idsOf(tenantId),
    describeDevices: (which) => house.inventory.describe(which),
    statusOf: (deviceId) => house.presence.find(deviceId)?.status,
    lastSeenOf: (deviceId) => house.presence.find(deviceId)?.lastSeenMs,
    heard: (deviceId, from, atMs = clock.nowMs()) =>
      house.presence.heard(deviceId, Math.min(atMs, clock.nowMs()), from),
    gatewayOf: (deviceId) => house.assignments.gatewayOf(deviceId),
    assignedTo: (gatewayId) => house.assignments.devicesOf(gatewayId),
    takePendingCommands: (deviceId) => house.commands.takePending(deviceId),
    commandDelivered: async (commandId) => void (await house.commands.delivered(commandId)),
    commandAnswered: (...answer) => house.commands.answered(...answer),
    sendCommand: (...command) => house.commands.send(...command),
    appendLog: (sender, lines, alongside) => house.logs.append(sender, lines, alongside),
    warningsIn: (...asked) => listWarnings(deps.db, ...asked),
    discover: (tenantId, announcement) => house.discovery.discover(tenantId, announcement),
    createSite: (tenantId, site) => house.sites.create(tenantId, site),
    listSites: (tenantId) => house.sites.list(access.wholeTenant(tenantId)),
    async removeSite(actor, siteId) {
      await house.inventory.deleteAllOfSite(actor, siteId);
      await house.sites.delete(actor.tenantId, siteId);
    },
    createDevice: (actor, input) => house.inventory.create(actor, input),
    getDevice: (tenantId, deviceId) => house.inventory.get(tenantId, deviceId),
    findDevices: (tenantId, deviceIds) => house.inventory.find(tenantId, deviceIds),
    tenants: () => [...house.directory.tenants()],
    revokeDevice: (actor, deviceId) => house.revocation.revoke(actor, deviceId),
    rotateKey: (...rotation) => house.credentials.rotate(...rotation),
    demoKey: (...asked) => demoKey(house, ...asked),
    findOpenClaim: (codeSha256) => house.claims.findOpen(codeSha256),
    enrolDevice: (codeSha256, inside) => house.claims.enrol(codeSha256, inside),
    async addEnrolled(tenantId, input, inside) {
      const { made } = await house.inventory.insert(tenantId, input, async (tx, deviceId) => {
        const { apiKey } = await house.credentials.addKey(tx, tenantId, deviceId);
        return inside(tx, { tenantId, deviceId, apiKey });
      });
      return made;
    },
    reEnrol: (tenantId, deviceId, inside) =>
      house.credentials.addKeyWith(tenantId, deviceId, (tx, apiKey) =>
        inside(tx, { tenantId, deviceId, apiKey }),
      ),
    endClaims: () => house.claims.endAll(),
    applyEndings: (ended) => house.credentials.applyEndings(ended),
    noteCredential: (tenantId, deviceId, remark) =>
      house.context.deviceLog.note({ tenantId, deviceId, kind: "credential", ...remark }),
    idsWithin: (scope) => house.directory.idsWithin(scope),
    overview: (scope) => house.overview.read(scope),
    refusedLast24h: (scope, withAnonymous) => house.refusals.last24h(scope, withAnonymous),
  };
}
