import type { UnixMs, Uuid } from "@gatehouse/base";
import type { DevicesDatabase } from "../tables.ts";

/** The device's open code becomes this one; an earlier one ends. */
export async function putClaim(
  db: DevicesDatabase,
  tenantId: Uuid,
  claim: {
    readonly deviceId: Uuid;
    readonly codeSha256: string;
    readonly sealedKey: Uint8Array;
    readonly nowMs: UnixMs;
    readonly expiresMs: UnixMs;
  },
): Promise<void> {
  const fields = {
    code_sha256: claim.codeSha256,
    sealed_key: claim.sealedKey,
    created_at: new Date(claim.nowMs),
    expires_at: new Date(claim.expiresMs),
  };
  await db
    .insertInto("device_claims")
    .values({ device_id: claim.deviceId, tenant_id: tenantId, ...fields })
    .onConflict((conflict) => conflict.column("device_id").doUpdateSet(fields))
    .execute();
}

export interface StoredClaim {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly sealedKey: Uint8Array;
}

export async function findClaim(db: DevicesDatabase, codeSha256: string): Promise<StoredClaim | undefined> {
  const row = await db
    .selectFrom("device_claims")
    .select(["tenant_id", "device_id", "sealed_key"])
    .where("code_sha256", "=", codeSha256)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { tenantId: row.tenant_id, deviceId: row.device_id, sealedKey: row.sealed_key };
}

/** Uses the code up: true for exactly one of several callers. */
export async function takeClaim(db: DevicesDatabase, codeSha256: string, nowMs: UnixMs): Promise<boolean> {
  const row = await db
    .deleteFrom("device_claims")
    .where("code_sha256", "=", codeSha256)
    .where("expires_at", ">", new Date(nowMs))
    .returning("device_id")
    .executeTakeFirst();
  return row !== undefined;
}

export async function deleteClaim(db: DevicesDatabase, tenantId: Uuid, deviceId: Uuid): Promise<void> {
  await db
    .deleteFrom("device_claims")
    .where("tenant_id", "=", tenantId)
    .where("device_id", "=", deviceId)
    .execute();
}

/** Every open code of every tenant. */
export async function deleteAllClaims(db: DevicesDatabase): Promise<void> {
  await db.deleteFrom("device_claims").execute();
}

export async function deleteExpiredClaims(db: DevicesDatabase, nowMs: UnixMs): Promise<void> {
  await db.deleteFrom("device_claims").where("expires_at", "<=", new Date(nowMs)).execute();
}
