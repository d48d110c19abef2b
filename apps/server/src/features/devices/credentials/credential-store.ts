import type { UnixMs, Uuid } from "@gatehouse/base";
import { type Selectable, sql } from "kysely";
import { ENDED_CREDENTIALS_SHOWN } from "../model.ts";
import type { EndedCredential } from "../ports.ts";
import type { DeviceCredentialsTable, DevicesDatabase } from "../tables.ts";

export interface CredentialRow {
  readonly credentialId: Uuid;
  readonly kind: "api_key" | "certificate";
  readonly publicId: string;
  readonly sha256: string;
  readonly createdMs: UnixMs;
  readonly lastUsedMs: UnixMs | undefined;
  readonly expiresMs: UnixMs | undefined;
  readonly revokedMs: UnixMs | undefined;
}

export interface NewCredential extends Pick<CredentialRow, "credentialId" | "kind" | "publicId" | "sha256"> {
  readonly deviceId: Uuid;
  readonly sealed: Uint8Array | undefined;
  readonly createdMs: UnixMs;
  readonly expiresMs: UnixMs | undefined;
}

export async function insertCredential(
  db: DevicesDatabase,
  tenantId: Uuid,
  credential: NewCredential,
): Promise<void> {
  await db
    .insertInto("device_credentials")
    .values({
      id: credential.credentialId,
      tenant_id: tenantId,
      device_id: credential.deviceId,
      kind: credential.kind,
      public_id: credential.publicId,
      sha256: credential.sha256,
      sealed: credential.sealed ?? null,
      created_at: new Date(credential.createdMs),
      last_used_at: null,
      expires_at: credential.expiresMs === undefined ? null : new Date(credential.expiresMs),
      revoked_at: null,
    })
    .execute();
}

/**
 * Makes other changes to this device's credentials wait for the end of the transaction; rows that only refer to the
 * device are written meanwhile. False = no such device.
 */
export async function lockDevice(db: DevicesDatabase, tenantId: Uuid, deviceId: Uuid): Promise<boolean> {
  const row = await db
    .selectFrom("devices")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("id", "=", deviceId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

export async function countValidCredentials(
  db: DevicesDatabase,
  tenantId: Uuid,
  deviceId: Uuid,
  nowMs: UnixMs,
): Promise<number> {
  const row = await db
    .selectFrom("device_credentials")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("tenant_id", "=", tenantId)
    .where("device_id", "=", deviceId)
    .where("revoked_at", "is", null)
    .where((where) => where.or([where("expires_at", "is", null), where("expires_at", ">", new Date(nowMs))]))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Newest first; the valid ones and the last ended ones. */
export async function listCredentialRows(
  db: DevicesDatabase,
  tenantId: Uuid,
  deviceId: Uuid,
): Promise<CredentialRow[]> {
  const rows = await db
    .selectFrom("device_credentials")
    .select(["id", "kind", "public_id", "sha256", "created_at", "last_used_at", "expires_at", "revoked_at"])
    .where("tenant_id", "=", tenantId)
    .where("device_id", "=", deviceId)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .execute();
  return rows.map(toRow);
}

export interface CredentialFilter {
  readonly credentialId?: Uuid;
  readonly kind?: "api_key" | "certificate";
}

export type EndedRow = Pick<CredentialRow, "credentialId" | "kind" | "publicId">;

/** Revokes what matches and is not revoked yet; answers what was. */
export async function revokeCredentialRows(
  db: DevicesDatabase,
  tenantId: Uuid,
  deviceId: Uuid,
  nowMs: UnixMs,
  filter: CredentialFilter = {},
): Promise<EndedRow[]> {
  const { credentialId, kind } = filter;
  const rows = await db
    .updateTable("device_credentials")
    .set({ revoked_at: new Date(nowMs) })
    .where("tenant_id", "=", tenantId)
    .where("device_id", "=", deviceId)
    .where("revoked_at", "is", null)
    .$if(credentialId !== undefined, (query) => query.where("id", "=", credentialId as Uuid))
    .$if(kind !== undefined, (query) => query.where("kind", "=", kind as "api_key"))
    .returning(["id", "kind", "public_id"])
    .execute();
  return rows.map(toEnded);
}

const toEnded = (row: Pick<Selectable<DeviceCredentialsTable>, "id" | "kind" | "public_id">): EndedRow => ({
  credentialId: row.id,
  kind: row.kind,
  publicId: row.public_id,
});

/** Ends what is listed and not yet ended by then, whosever it is; the devices that lost something. */
export async function applyEndings(
  db: DevicesDatabase,
  ended: readonly EndedCredential[],
  nowMs: UnixMs,
): Promise<Uuid[]> {
  const { rows } = await sql<{ device_id: string }>`
    update device_credentials as c
    set expires_at = case when n.at > ${new Date(nowMs)} then least(c.expires_at, n.at) else c.expires_at end,
      revoked_at = case when n.at > ${new Date(nowMs)} then c.revoked_at else n.at end
    from unnest(
      ${ended.map(({ kind }) => kind)}::text[],
      ${ended.map(({ id }) => id)}::text[],
      ${ended.map(({ fromMs }) => new Date(fromMs))}::timestamptz[]
    ) as n (kind, id, at)
    where c.kind = n.kind and c.public_id = n.id and c.revoked_at is null
      and (c.expires_at is null or c.expires_at > n.at)
    returning c.device_id`.execute(db);
  return [...new Set(rows.map((row) => row.device_id))];
}

/** Lets the device's valid API keys end at `expiresMs`, those that end earlier stay as they are; answers the keys. */
export async function expireApiKeys(
  db: DevicesDatabase,
  tenantId: Uuid,
  deviceId: Uuid,
  expiresMs: UnixMs,
): Promise<EndedRow[]> {
  const rows = await db
    .updateTable("device_credentials")
    .set({ expires_at: sql<Date>`least(expires_at, ${new Date(expiresMs)})` })
    .where("tenant_id", "=", tenantId)
    .where("device_id", "=", deviceId)
    .where("kind", "=", "api_key")
    .where("revoked_at", "is", null)
    .returning(["id", "kind", "public_id"])
    .execute();
  return rows.map(toEnded);
}

/** Forgets the oldest ended credentials of a device. */
export async function pruneEndedCredentials(
  db: DevicesDatabase,
  tenantId: Uuid,
  deviceId: Uuid,
  nowMs: UnixMs,
): Promise<void> {
  await sql`
    delete from device_credentials where id in (
      select id from device_credentials
      where tenant_id = ${tenantId} and device_id = ${deviceId}
        and (revoked_at is not null or expires_at <= ${new Date(nowMs)})
      order by coalesce(revoked_at, expires_at) desc, id desc
      offset ${ENDED_CREDENTIALS_SHOWN}
    )`.execute(db);
}

export async function writeLastUsed(db: DevicesDatabase, used: ReadonlyMap<Uuid, UnixMs>): Promise<void> {
  const times = [...used.values()].map((ms) => new Date(ms));
  await sql`
    update device_credentials as c set last_used_at = n.at
    from unnest(${[...used.keys()]}::uuid[], ${times}::timestamptz[]) as n (id, at)
    where c.id = n.id`.execute(db);
}

function toRow(
  row: Pick<
    Selectable<DeviceCredentialsTable>,
    "id" | "kind" | "public_id" | "sha256" | "created_at" | "last_used_at" | "expires_at" | "revoked_at"
  >,
): CredentialRow {
  return {
    credentialId: row.id,
    kind: row.kind,
    publicId: row.public_id,
    sha256: row.sha256,
    createdMs: row.created_at.getTime(),
    lastUsedMs: row.last_used_at?.getTime(),
    expiresMs: row.expires_at?.getTime(),
    revokedMs: row.revoked_at?.getTime(),
  };
}
