import { AppError, type UnixMs, type Uuid } from "@gatehouse/base";
import type { channel } from "@gatehouse/contract";
import type { PublicBundle } from "@gatehouse/secure-channel";
import { sha256Hex } from "../../../platform/secrets/index.ts";
import { groupFingerprint } from "../../../platform/tls/index.ts";
import { type Actor, type ChannelContext, getDevice, recordOnDevice } from "../context.ts";
import type { Revocations } from "../keys/revocations.ts";
import { raisePin } from "../policy/policy-store.ts";
import type { Remark } from "../ports.ts";
import type { ChannelDatabase } from "../tables.ts";
import type { BundleDirectory } from "./bundle-directory.ts";
import {
  type BundleRow,
  insertBundle,
  listBundles,
  pruneEndedBundles,
  revokeBundles,
} from "./bundle-store.ts";
import type { LastUse } from "./last-use.ts";

export interface BundleServiceDeps {
  readonly context: ChannelContext;
  readonly directory: BundleDirectory;
  readonly revocations: Revocations;
  readonly lastUse: LastUse;
}

const REVOKED = { level: "warn", code: "channel_key_revoked", message: "Channel key revoked" } as const;
const ENDED = {
  level: "info",
  code: "channel_key_ended",
  message: "Old channel key ended before its time",
} as const;

const CLONED = {
  level: "warn",
  code: "channel_key_cloned",
  message: "Two machines used one channel key: it has ended",
} as const;

/** The keys of devices: what an operator sees and ends. */
export class BundleService {
  readonly #deps: BundleServiceDeps;

  constructor(deps: BundleServiceDeps) {
    this.#deps = deps;
  }

  async list(tenantId: Uuid, deviceId: Uuid): Promise<channel.DeviceKeyBundle[]> {
    const { context, lastUse } = this.#deps;
    getDevice(context, tenantId, deviceId);
    await lastUse.flush();
    const nowMs = context.clock.nowMs();
    return (await listBundles(context.db, deviceId)).map((row) => viewBundle(row, nowMs));
  }

  /** A device's new bundle, inside the caller's transaction. Breaks BUNDLE_UNIQUE when the keys are known already. */
  async add(
    tx: ChannelDatabase,
    device: { readonly tenantId: Uuid; readonly deviceId: Uuid },
    bundle: PublicBundle,
    more: Pick<BundleRow, "origin" | "software">,
  ): Promise<void> {
    const nowMs = this.#deps.context.clock.nowMs();
    const { tenantId, deviceId } = device;
    const { keyId, suite, agreement, signing } = bundle;
    await insertBundle(tx, {
      keyId,
      tenantId,
      deviceId,
      suite,
      agreementKey: agreement.raw,
      signingKey: signing.raw,
      ...more,
      createdMs: nowMs,
    });
    await raisePin(tx, tenantId, deviceId, suite, nowMs);
    await pruneEndedBundles(tx, deviceId, nowMs);
  }

  /** Ends keys of a device inside the caller's transaction; answers which. Tell it by `announceEnd` after the commit. */
  async revokeWithin(
    tx: ChannelDatabase,
    deviceId: Uuid,
    which: { readonly keyId?: string; readonly exceptKeyId?: string } = {},
  ): Promise<string[]> {
    const fromMs = this.#deps.context.clock.nowMs();
    const keyIds = await revokeBundles(tx, deviceId, fromMs, which);
    await this.#deps.revocations.record(
      tx,
      keyIds.map((id) => ({ kind: "channel", id, fromMs })),
    );
    return keyIds;
  }

  async announceEnd(tenantId: Uuid, deviceId: Uuid, keyIds: readonly string[]): Promise<void> {
    const { context, directory } = this.#deps;
    await directory.reload(deviceId);
    if (keyIds.length > 0)
      context.bus.publish("device.credentials_ended", { tenantId, deviceId, credentialIds: keyIds });
  }

  revoke(actor: Actor, deviceId: Uuid, keyId: string): Promise<void> {
    return this.#end(actor, deviceId, keyId, REVOKED);
  }

  /** A key that two machines use belongs to nobody any more: the device is enrolled anew by a person, or stays out. */
  endCloned(tenantId: Uuid, deviceId: Uuid, keyId: string): Promise<void> {
    return this.#end({ tenantId, name: "Gatehouse" }, deviceId, keyId, CLONED);
  }

  /** Ends an old key before its overlap is over; the key in use is revoked instead. */
  async endOld(actor: Actor, deviceId: Uuid, keyId: string): Promise<void> {
    const row = await this.#get(actor.tenantId, deviceId, keyId);
    if (row.validUntilMs === undefined) throw new AppError("channel.key_not_found");
    await this.#end(actor, deviceId, keyId, ENDED);
  }

  async #end(
    { tenantId, name }: Actor,
    deviceId: Uuid,
    keyId: string,
    remark: Omit<Remark, "data">,
  ): Promise<void> {
    const { context } = this.#deps;
    await this.#get(tenantId, deviceId, keyId);
    const ended = await context.db.transaction().execute(async (tx) => {
      const keyIds = await this.revokeWithin(tx, deviceId, { keyId });
      await recordOnDevice(
        context,
        tx,
        { tenantId, deviceId },
        {
          kind: "credential.revoked",
          data: { kind: "channel", keyId, reason: remark.code, ended: keyIds.length },
          ...(remark === CLONED ? { actor: { kind: "system" } } : {}),
        },
      );
      return keyIds;
    });
    if (ended.length === 0) return;
    await this.announceEnd(tenantId, deviceId, ended);
    context.devices.note(tenantId, deviceId, { ...remark, data: { keyId, by: name } });
  }

  async #get(tenantId: Uuid, deviceId: Uuid, keyId: string): Promise<BundleRow> {
    const { context } = this.#deps;
    getDevice(context, tenantId, deviceId);
    const row = (await listBundles(context.db, deviceId)).find((one) => one.keyId === keyId);
    if (row === undefined) throw new AppError("channel.key_not_found");
    return row;
  }
}

/** The first 16 bytes of SHA-256 of a raw public key, in groups. */
export const fingerprintOf = (raw: Uint8Array): string => groupFingerprint(sha256Hex(raw).slice(0, 32));

function viewBundle(row: BundleRow, nowMs: UnixMs): channel.DeviceKeyBundle {
  const { keyId, suite, origin, createdMs, firstUsedMs, lastUsedMs, validUntilMs, software } = row;
  const revokedMs =
    row.revokedMs ?? (validUntilMs !== undefined && validUntilMs <= nowMs ? validUntilMs : undefined);
  const live = validUntilMs === undefined ? "active" : "overlap";
  return {
    keyId,
    suite,
    agreementFingerprint: fingerprintOf(row.agreementKey),
    signingFingerprint: fingerprintOf(row.signingKey),
    state: revokedMs === undefined ? live : "revoked",
    origin,
    createdMs,
    ...(firstUsedMs === undefined ? {} : { firstUsedMs }),
    ...(lastUsedMs === undefined ? {} : { lastUsedMs }),
    ...(validUntilMs === undefined || revokedMs !== undefined ? {} : { validUntilMs }),
    ...(revokedMs === undefined ? {} : { revokedMs }),
    ...(software === undefined ? {} : { software }),
  };
}
