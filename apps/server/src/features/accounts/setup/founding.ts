import { newUuid, type Uuid } from "@gatehouse/base";
import type { Language } from "@gatehouse/contract";
import type { AccountsContext } from "../context.ts";
import { deleteTenant, insertTenant } from "../people/account-store.ts";
import type { SharedTransaction } from "../tables.ts";

/** A further organisation, with what every feature keeps for one; without that there is none. */
export async function foundTenant(
  { db, clock, random, onTenantCreated }: AccountsContext,
  { organisation, language }: { readonly organisation: string; readonly language: Language },
  alongside: (tx: SharedTransaction, tenantId: Uuid) => Promise<void>,
): Promise<Uuid> {
  const tenantId = newUuid(clock, random);
  await db.transaction().execute(async (tx) => {
    await insertTenant(tx, { id: tenantId, name: organisation }, clock.nowMs());
    await alongside(tx, tenantId);
  });
  try {
    await onTenantCreated({ tenantId, organisation, language });
  } catch (error) {
    await deleteTenant(db, tenantId);
    throw error;
  }
  return tenantId;
}

export async function removeTenant(
  { db }: AccountsContext,
  tenantId: Uuid,
  alongside: (tx: SharedTransaction) => Promise<void>,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await deleteTenant(tx, tenantId);
    await alongside(tx);
  });
}
