import type { UnixMs, Uuid } from "@gatehouse/base";
import type { accounts } from "@gatehouse/contract";
import { sql } from "kysely";
import type { AccountsDatabase } from "../tables.ts";

export type AccessKind =
  | "setup"
  | "login"
  | "logout"
  | "refresh_reuse"
  | "session_ended"
  | "password_changed"
  | "password_reset"
  | "step_up";

export interface AccessEvent {
  readonly tenantId: Uuid | undefined;
  readonly personId?: Uuid | undefined;
  readonly kind: AccessKind;
  readonly outcome: "ok" | "refused";
  readonly reason?: string;
  readonly email?: string;
  readonly address: string;
  readonly client: string;
}

export async function addAccessEvent(db: AccountsDatabase, event: AccessEvent, nowMs: UnixMs): Promise<void> {
  await db
    .insertInto("access_log")
    .values({
      tenant_id: event.tenantId ?? null,
      person_id: event.personId ?? null,
      at: new Date(nowMs),
      kind: event.kind,
      outcome: event.outcome,
      reason: event.reason ?? null,
      email: event.email?.slice(0, 254) ?? null,
      address: event.address.slice(0, 64),
      client: event.client,
    })
    .execute();
}

export interface AccessFilter {
  readonly before?: number | undefined;
  readonly limit: number;
  readonly outcome?: "ok" | "refused" | undefined;
  readonly kind?: string | undefined;
  readonly q?: string | undefined;
}

/** Newest first. Attempts on addresses that are nobody's concern whoever runs the installation: `withNobodys`. */
export async function listAccessLog(
  db: AccountsDatabase,
  { tenantId, withNobodys }: { readonly tenantId: Uuid; readonly withNobodys: boolean },
  filter: AccessFilter,
): Promise<accounts.AccessEntry[]> {
  let query = db
    .selectFrom("access_log as l")
    .leftJoin("people as p", "p.id", "l.person_id")
    .select([
      "l.id",
      "l.at",
      "l.kind",
      "l.outcome",
      "l.reason",
      "l.email",
      "l.address",
      "l.client",
      "p.name as person_name",
    ])
    .where((where) =>
      where.or([
        where("l.tenant_id", "=", tenantId),
        ...(withNobodys ? [where("l.tenant_id", "is", null)] : []),
      ]),
    )
    .orderBy("l.id", "desc")
    .limit(filter.limit);
  if (filter.before !== undefined) query = query.where("l.id", "<", filter.before);
  if (filter.outcome !== undefined) query = query.where("l.outcome", "=", filter.outcome);
  if (filter.kind !== undefined) query = query.where("l.kind", "=", filter.kind);
  if (filter.q !== undefined) {
    const pattern = `%${filter.q.replace(/[\\%_]/g, "\\$&")}%`;
    query = query.where(sql<boolean>`concat_ws(' ', p.name, l.email, l.address, l.client) ilike ${pattern}`);
  }
  return (await query.execute()).map((row) => ({
    id: String(row.id),
    atMs: row.at.getTime(),
    kind: row.kind,
    outcome: row.outcome,
    address: row.address,
    client: row.client,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.person_name === null ? {} : { personName: row.person_name }),
    ...(row.email === null ? {} : { email: row.email }),
  }));
}

/** Entries before a time, and the oldest beyond `keep`: strangers who knock without end fill no disk. */
export async function deleteOldAccessLog(
  db: AccountsDatabase,
  beforeMs: UnixMs,
  keep: number,
): Promise<void> {
  await db.deleteFrom("access_log").where("at", "<", new Date(beforeMs)).execute();
  const newest = db.selectFrom("access_log").select(sql<number>`max(id)`.as("id"));
  await db.deleteFrom("access_log").where("id", "<=", sql<number>`${newest} - ${keep}::bigint`).execute();
}
