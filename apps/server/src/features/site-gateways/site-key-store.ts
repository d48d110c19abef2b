import type { UnixMs, Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { SiteGatewayDatabase } from "./tables.ts";

/** A gateway's public keys of one suite at its site. */
export interface SiteKey {
  readonly suite: number;
  readonly keyId: string;
  readonly agreementKey: Uint8Array;
  readonly signingKey: Uint8Array;
}

export async function loadSiteKeyIds(
  db: SiteGatewayDatabase,
): Promise<{ readonly gatewayId: Uuid; readonly keyId: string }[]> {
  const rows = await db.selectFrom("gateway_site_keys").select(["gateway_id", "key_id"]).execute();
  return rows.map(({ gateway_id, key_id }) => ({ gatewayId: gateway_id, keyId: key_id }));
}

/** Instead of those it had. Nothing for a gateway that was deleted meanwhile. */
export async function replaceSiteKeys(
  db: SiteGatewayDatabase,
  gateway: { readonly tenantId: Uuid; readonly deviceId: Uuid },
  keys: readonly SiteKey[],
  atMs: UnixMs,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx.deleteFrom("gateway_site_keys").where("gateway_id", "=", gateway.deviceId).execute();
    await sql`
      insert into gateway_site_keys (gateway_id, tenant_id, suite, key_id, agreement_key, signing_key, at)
      select d.id, d.tenant_id, n.suite, n.key_id, n.agreement_key, n.signing_key, ${new Date(atMs)}
      from devices d cross join unnest(
        ${keys.map(({ suite }) => suite)}::int[],
        ${keys.map(({ keyId }) => keyId)}::text[],
        ${keys.map(({ agreementKey }) => Buffer.from(agreementKey))}::bytea[],
        ${keys.map(({ signingKey }) => Buffer.from(signingKey))}::bytea[]
      ) as n (suite, key_id, agreement_key, signing_key)
      where d.id = ${gateway.deviceId} and d.tenant_id = ${gateway.tenantId}`.execute(tx);
  });
}
