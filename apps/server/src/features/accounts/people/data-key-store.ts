import type { Uuid } from "@gatehouse/base";
import type { AccountsDatabase } from "../tables.ts";

/** The tenant's wrapped data key: the one it has, or from now on this one. Of two who come at once one wins. */
export async function keepDataKey(
  db: AccountsDatabase,
  tenantId: Uuid,
  offered: Uint8Array,
): Promise<Uint8Array> {
  await db
    .updateTable("tenants")
    .set({ data_key: Buffer.from(offered) })
    .where("id", "=", tenantId)
    .where("data_key", "is", null)
    .execute();
  const { data_key } = await db
    .selectFrom("tenants")
    .select("data_key")
    .where("id", "=", tenantId)
    .executeTakeFirstOrThrow();
  return data_key ?? offered;
}

export async function listKeyedTenants(db: AccountsDatabase): Promise<Uuid[]> {
  const rows = await db.selectFrom("tenants").select("id").where("data_key", "is not", null).execute();
  return rows.map(({ id }) => id);
}
