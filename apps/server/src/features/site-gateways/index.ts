import type { Clock, ErrorCode, Logger, Random, Uuid } from "@gatehouse/base";
import type { Bus, Reading } from "@gatehouse/contract";
import type { PoolClient } from "pg";
import { Check } from "typebox/value";
import type { AuditTrail } from "../../platform/audit/index.ts";
import { ALL_ON, type Controls } from "../../platform/controls.ts";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import type { SiteGatewayContext } from "./context.ts";
import { Gateways } from "./gateways.ts";
import { retentionJob } from "./jobs.ts";
import { createSiteGateways as createSiteGatewayTables } from "./migrations/001-site-gateways.ts";
import { createSiteKeys } from "./migrations/002-site-keys.ts";
import { GATEWAY_TYPE, SiteKeysMessage, StateMessage, VerdictsMessage } from "./model.ts";
import type {
  MeterSample,
  RetentionSettings,
  Sessions,
  SignedMessage,
  SignSiteKey,
  SiteDevices,
} from "./ports.ts";
import { MeterReads } from "./reads.ts";
import { siteGatewayRoutes } from "./routes.ts";
import { SignedReadings } from "./signed-readings.ts";
import { SiteKeys } from "./site-keys.ts";
import type { SiteGatewayDatabase } from "./tables.ts";

export type { DeviceKey, KnownDevice, Sessions, SiteDevices } from "./ports.ts";
export type { SiteGatewayTables } from "./tables.ts";

export const siteGatewaysMigrations: FeatureMigrations = {
  feature: "site-gateways",
  migrations: [createSiteGatewayTables, createSiteKeys],
};

export interface SiteGatewayDeps {
  readonly db: SiteGatewayDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly bus: Bus;
  readonly devices: SiteDevices;
  readonly sessions: Sessions;
  readonly audit: AuditTrail;
  readonly signSiteKey: SignSiteKey;
  readonly controls?: Controls;
  readonly settings: RetentionSettings;
  readonly tenantIds: () => Promise<readonly Uuid[]>;
}

export interface SiteGatewayFeature extends Feature {
  isAssigned(gatewayId: Uuid, deviceId: Uuid): boolean;
  /** Whether the gateway is known at its site by this key. */
  hasSiteKey(gatewayId: Uuid, keyId: string): boolean;
  /** A message of content type 10 from a device; resolves after its effect is committed, or with why it has none. */
  control(
    device: { readonly tenantId: Uuid; readonly deviceId: Uuid },
    value: unknown,
  ): Promise<ErrorCode | undefined>;
  /** A reading as its meter signed it; `submit` makes history of it. Answers why it is not kept. */
  meterReading(
    message: SignedMessage,
    submit: (reading: MeterSample) => Promise<ErrorCode | undefined>,
  ): Promise<ErrorCode | undefined>;
  /** Inside the transaction that stores these readings, each of which has an original. */
  writeOriginals(client: PoolClient, readings: readonly Reading[]): Promise<void>;
}

export function createSiteGateways(deps: SiteGatewayDeps): SiteGatewayFeature {
  const context: SiteGatewayContext = deps;
  const { bus, controls = ALL_ON, devices, log } = deps;
  const gateways = new Gateways(context);
  const reads = new MeterReads(context);
  const readings = new SignedReadings(context);
  const siteKeys = new SiteKeys(context);
  const tell = (askedId: Uuid): void => {
    gateways.sendAssigned(askedId);
    reads
      .askAgain(askedId)
      .catch((error: unknown) => log.warn({ deviceId: askedId, err: error }, "meter_read.not_asked"));
  };
  const stored = (all: readonly Reading[]): void => {
    for (const reading of all) {
      const readId = readings.roundOf(reading);
      if (readId !== undefined) reads.answered(readId);
    }
  };
  const unsubscribe = [
    bus.subscribe("device.session_began", ({ deviceId }) => tell(deviceId)),
    bus.subscribe("gateway.assigned", ({ gatewayId, former, deviceIds }) => {
      for (const id of new Set([...former, ...(gatewayId === undefined ? deviceIds : [gatewayId])])) tell(id);
    }),
    bus.subscribe("device.changed", ({ deviceId, change }) => {
      if (change !== "removed") return;
      gateways.forget(deviceId);
      siteKeys.forget(deviceId);
    }),
    bus.subscribe("readings.stored", ({ readings: all }) => stored(all)),
    bus.subscribe("readings.held", ({ readings: all }) => stored(all)),
  ];
  return {
    name: "site-gateways",
    routes: siteGatewayRoutes({ gateways, reads, readings }),
    jobs: [retentionJob(deps)],
    resources: { meter_read: (id) => reads.locate(id) },
    async start() {
      await gateways.load();
      await siteKeys.load();
      await reads.load();
    },
    async stop() {
      for (const end of unsubscribe) end();
      await reads.stop();
    },
    isAssigned: (gatewayId, deviceId) => devices.gatewayOf(deviceId) === gatewayId,
    hasSiteKey: (gatewayId, keyId) => siteKeys.has(gatewayId, keyId),
    async control({ deviceId }, value) {
      const device = devices.find(deviceId);
      if (device === undefined || device.revoked) return "device.revoked";
      if (Check(VerdictsMessage, value)) return reads.takeVerdicts(device, value);
      if (device.typeId === GATEWAY_TYPE && Check(StateMessage, value))
        return gateways.takeState(device, value);
      const mayHaveSiteKeys = device.typeId === GATEWAY_TYPE || !controls.siteKeyOwner;
      if (mayHaveSiteKeys && Check(SiteKeysMessage, value)) return siteKeys.take(device, value);
      return "message.schema";
    },
    meterReading: (message, submit) => readings.take(message, submit),
    writeOriginals: (client, all) => readings.write(client, all),
  };
}
