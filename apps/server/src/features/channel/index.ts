import type { ErrorCode, Uuid } from "@gatehouse/base";
import {
  type RevokedEntry,
  type SiteKeyTerms,
  signDeviceSettings,
  signSiteKey,
} from "@gatehouse/secure-channel";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import type { BundleDirectory } from "./bundles/bundle-directory.ts";
import { signingKeysEver } from "./bundles/bundle-store.ts";
import { Carriage, type CarriageDeps } from "./carriage/carriage.ts";
import type { CarriageKeys } from "./carriage/ports.ts";
import { runIn } from "./carriage/replay-store.ts";
import { replayJob, serverKeyJob } from "./jobs.ts";
import type { Recovery } from "./keys/recovery-store.ts";
import type { FoundRestore } from "./keys/restore-watch.ts";
import { createChannelTables } from "./migrations/001-channel.ts";
import { createReplayTable } from "./migrations/002-replay.ts";
import { channelResources } from "./resources.ts";
import { deviceRoutes, operatorRoutes } from "./routes.ts";
import { type ChannelDeps, ChannelHouse } from "./service.ts";
import { channelTablesIn, type ForeignTransaction } from "./tables.ts";

export { signingKeysEver } from "./bundles/bundle-store.ts";
export { markRestored } from "./keys/restore-watch.ts";
export type { DeviceInventory, EnrolledDevice, KnownDevice, NewDevice, PeopleSessions } from "./ports.ts";
export type { ChannelDeps } from "./service.ts";
export type { ChannelTables, ForeignTransaction } from "./tables.ts";
export type { Recovery };

export const channelMigrations: FeatureMigrations = {
  feature: "channel",
  migrations: [createChannelTables, createReplayTable],
};

export interface ChannelFeature extends Feature {
  /** What the door for devices opens frames with. */
  readonly carriage: Carriage;
  /** The public keys that the device may use now; from memory. */
  keysOf(deviceId: Uuid): ReturnType<BundleDirectory["keysOf"]>;
  /** Ed25519 keys that the device signs with or ever signed with, the newest first. */
  signingKeysEver(deviceId: Uuid): Promise<readonly Uint8Array[]>;
  /** Our signature under what a device keeps, in the suite of its keys; undefined when it has none. */
  signSettings(
    deviceId: Uuid,
    document: Uint8Array,
  ): { readonly keyId: string; readonly signature: Uint8Array } | undefined;
  /** The trust root's signature under a site gateway's keys at its site. */
  signSiteKey(terms: SiteKeyTerms): Uint8Array;
  /** Why a message that came without the channel may not pass; undefined: it may. From memory, for every message. */
  plainRefusal(tenantId: Uuid, deviceId: Uuid): ErrorCode | undefined;

  /** Inside the transaction that ends them; durable outside the database when it resolves. */
  recordRevoked(tx: ForeignTransaction, entries: readonly RevokedEntry[]): Promise<void>;
  /** Ends all keys of a device that is being revoked, inside that transaction. */
  endDeviceKeys(tx: ForeignTransaction, deviceId: Uuid): Promise<void>;
  /** Whether the database is an older one than at the last start; asked before `start`, which recovers from it. */
  findRestore(): Promise<FoundRestore | undefined>;
  /** The last time that an older database was noticed. */
  lastRecovery(): Recovery | undefined;
}

export interface ChannelFeatureDeps
  extends ChannelDeps,
    Pick<CarriageDeps, "pool" | "gatewayOf" | "isSiteKey"> {
  /** How old a message may be that was stored and sent late. */
  storedLimitMs(tenantId: Uuid): number;
  /** Two machines use one key of the device, which has ended therefore. */
  onCloned?(deviceId: Uuid): void;
}

export function createChannel(deps: ChannelFeatureDeps): ChannelFeature {
  const house = new ChannelHouse(deps);
  const { serverKeys, directory, policy, lastUse } = house;
  const { controls } = house.context;
  const plainRefusal = (tenantId: Uuid, deviceId: Uuid): ErrorCode | undefined =>
    controls.encryptionPolicy ? policy.refusal(tenantId, deviceId, "plain") : undefined;
  /** Refused at once, before their end is committed; also when it cannot be. */
  const cloned = new Set<string>();
  const keys: CarriageKeys = {
    own: (keyId) => serverKeys.findRecipient(keyId),
    sender(keyId) {
      const held = cloned.has(keyId) ? undefined : directory.find(keyId);
      return held && { ...held, suites: policy.suitesOf(held.tenantId, held.deviceId) };
    },
    authenticated({ deviceId, bundle }, how, atMs) {
      lastUse.note(bundle.keyId, atMs);
      if (how === "handshake") lastUse.noteHandshake(deviceId, atMs);
    },
    cloned({ tenantId, deviceId, bundle }) {
      cloned.add(bundle.keyId);
      house.bundles
        .endCloned(tenantId, deviceId, bundle.keyId)
        .catch((error: unknown) => deps.log.error({ deviceId, err: error }, "channel.clone_not_recorded"));
      deps.onCloned?.(deviceId);
    },
    storedLimitMs: (tenantId) => deps.storedLimitMs(tenantId),
    recoveredMs: () => house.lastRecovery?.atMs ?? 0,
  };
  const carriage = new Carriage({
    ...deps,
    controls,
    keys,
    plainRefusal,
    changeKeys: (sender, payload, alongside) =>
      house.keyChanger.change(sender, payload, (tx) => alongside(runIn(tx))),
  });
  return {
    name: "channel",
    routes: [...deviceRoutes(house), ...operatorRoutes(house)],
    jobs: [serverKeyJob(serverKeys), replayJob(carriage)],
    resources: channelResources(deps.db),
    async start() {
      await house.start();
      await carriage.load();
    },
    stop: () => house.stop(),
    carriage,
    keysOf: (deviceId) => directory.keysOf(deviceId),
    signingKeysEver: (deviceId) => signingKeysEver(deps.db, deviceId),
    signSettings(deviceId, document) {
      const suite = directory.keysOf(deviceId).at(-1)?.suite;
      if (suite === undefined) return undefined;
      const { bundle } = serverKeys.get(suite, "current");
      return { keyId: bundle.keyId, signature: signDeviceSettings(bundle, document) };
    },
    signSiteKey: (terms) => signSiteKey(house.root, terms),
    plainRefusal,
    recordRevoked: (tx, entries) => house.revocations.record(tx, entries),
    async endDeviceKeys(tx, deviceId) {
      await house.bundles.revokeWithin(channelTablesIn(tx), deviceId);
    },
    findRestore: () => house.findRestore(),
    lastRecovery: () => house.lastRecovery,
  };
}
