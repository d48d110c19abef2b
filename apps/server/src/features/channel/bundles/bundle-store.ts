import type { UnixMs, Uuid } from "@gatehouse/base";
import type { RevokedEntry, SuiteId } from "@gatehouse/secure-channel";
import { type Selectable, sql } from "kysely";
import type { ChannelBundlesTable, ChannelDatabase } from "../tables.ts";

/** Ended keys of a device that are kept for display. */
const ENDED_SHOWN = 10;

export interface BundleRow {
  readonly keyId: string;
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly suite: SuiteId;
  readonly agreementKey: Uint8Array;
  readonly signingKey: Uint8Array;
  readonly origin: ChannelBundlesTable["origin"];
  readonly software: string | undefined;
  readonly createdMs: UnixMs;
  readonly firstUsedMs: UnixMs | undefined;
  readonly lastUsedMs: UnixMs | undefined;
  readonly validUntilMs: UnixMs | undefined;
  readonly revokedMs: UnixMs | undefined;
}

export type NewBundle = Omit<BundleRow, "firstUsedMs" | "lastUsedMs" | "validUntilMs" | "revokedMs">;

/** The primary key: one bundle of one device, for ever. */
export const BUNDLE_UNIQUE = "channel_bundles_pkey";

export async function insertBundle(db: ChannelDatabase, bundle: NewBundle): Promise<void> {
  await db
    .insertInto("channel_bundles")
    .values({
      key_id: bundle.keyId,
      tenant_id: bundle.tenantId,
      device_id: bundle.deviceId,
      suite: bundle.suite,
      agreement_key: bundle.agreementKey,
      signing_key: bundle.signingKey,
      origin: bundle.origin,
      software: bundle.software ?? null,
      created_at: new Date(bundle.createdMs),
      first_used_at: null,
      last_used_at: null,
      valid_until: null,
      revoked_at: null,
    })
    .execute();
}

/** Of one device newest first, or those of every device that may still be used. */
export async function listBundles(db: ChannelDatabase, deviceId?: Uuid): Promise<BundleRow[]> {
  const rows = await db
    .selectFrom("channel_bundles")
    .selectAll()
    .$if(deviceId !== undefined, (query) => query.where("device_id", "=", deviceId as Uuid))
    .$if(deviceId === undefined, (query) => query.where("revoked_at", "is", null))
    .orderBy("created_at", "desc")
    .orderBy("key_id")
    .execute();
  return rows.map(toRow);
}

/** Suite M1: Ed25519 (docs/channel.md). */
const ED25519_SUITE = 2;

/** Ed25519 keys that the device signs with or ever signed with, the newest first. */
export async function signingKeysEver(db: ChannelDatabase, deviceId: Uuid): Promise<Uint8Array[]> {
  const rows = await listBundles(db, deviceId);
  return rows.flatMap(({ suite, signingKey }) =>
    suite === ED25519_SUITE ? Uint8Array.from(signingKey) : [],
  );
}

/** Ends the device's keys that are not ended yet, all or only `keyId`; answers which. */
export async function revokeBundles(
  db: ChannelDatabase,
  deviceId: Uuid,
  nowMs: UnixMs,
  which: { readonly keyId?: string; readonly exceptKeyId?: string } = {},
): Promise<string[]> {
  const rows = await db
    .updateTable("channel_bundles")
    .set({ revoked_at: new Date(nowMs) })
    .where("device_id", "=", deviceId)
    .where("revoked_at", "is", null)
    .$if(which.keyId !== undefined, (query) => query.where("key_id", "=", which.keyId as string))
    .$if(which.exceptKeyId !== undefined, (query) => query.where("key_id", "!=", which.exceptKeyId as string))
    .returning("key_id")
    .execute();
  return rows.map((row) => row.key_id);
}

/** Ends what is listed, whosever it is; the devices that lost a key. */
export async function revokeListedBundles(
  db: ChannelDatabase,
  entries: readonly RevokedEntry[],
  nowMs: UnixMs,
): Promise<Uuid[]> {
  const { rows } = await sql<{ device_id: string }>`
    update channel_bundles as b
    set valid_until = case when n.at > ${new Date(nowMs)} then least(b.valid_until, n.at) else b.valid_until end,
      revoked_at = case when n.at > ${new Date(nowMs)} then b.revoked_at else n.at end
    from unnest(
      ${entries.map(({ id }) => id)}::text[],
      ${entries.map(({ fromMs }) => new Date(fromMs))}::timestamptz[]
    ) as n (id, at)
    where b.key_id = n.id and b.revoked_at is null and (b.valid_until is null or b.valid_until > n.at)
    returning b.device_id`.execute(db);
  return rows.map((row) => row.device_id);
}

/** The device's key `keyId` is taken until then at the latest. */
export async function overlapBundle(db: ChannelDatabase, keyId: string, untilMs: UnixMs): Promise<void> {
  await db
    .updateTable("channel_bundles")
    .set({ valid_until: sql<Date>`least(valid_until, ${new Date(untilMs)})` })
    .where("key_id", "=", keyId)
    .execute();
}

/** Forgets the oldest ended keys of a device. */
export async function pruneEndedBundles(db: ChannelDatabase, deviceId: Uuid, nowMs: UnixMs): Promise<void> {
  await sql`
    delete from channel_bundles where key_id in (
      select key_id from channel_bundles
      where device_id = ${deviceId} and (revoked_at is not null or valid_until <= ${new Date(nowMs)})
      order by coalesce(revoked_at, valid_until) desc, key_id
      offset ${ENDED_SHOWN}
    )`.execute(db);
}

export async function writeBundleUse(db: ChannelDatabase, used: ReadonlyMap<string, UnixMs>): Promise<void> {
  await sql`
    update channel_bundles as b
    set last_used_at = n.at, first_used_at = coalesce(b.first_used_at, n.at)
    from unnest(${[...used.keys()]}::text[], ${[...used.values()].map((ms) => new Date(ms))}::timestamptz[]) as n (id, at)
    where b.key_id = n.id`.execute(db);
}

const toRow = (row: Selectable<ChannelBundlesTable>): BundleRow => ({
  keyId: row.key_id,
  tenantId: row.tenant_id,
  deviceId: row.device_id,
  suite: row.suite as SuiteId,
  agreementKey: row.agreement_key,
  signingKey: row.signing_key,
  origin: row.origin,
  software: row.software ?? undefined,
  createdMs: row.created_at.getTime(),
  firstUsedMs: row.first_used_at?.getTime(),
  lastUsedMs: row.last_used_at?.getTime(),
  validUntilMs: row.valid_until?.getTime(),
  revokedMs: row.revoked_at?.getTime(),
});
