import type { UnixMs, Uuid } from "@gatehouse/base";
import type { RevokedEntry } from "@gatehouse/secure-channel";
import { sql } from "kysely";
import type { ChannelDatabase } from "../tables.ts";

const ENTRIES_AT_ONCE = 10_000;

/** The token the database was last seen with; undefined before the first start. */
export async function findAnchor(db: ChannelDatabase): Promise<Uuid | undefined> {
  const row = await db.selectFrom("channel_anchor").select("token").executeTakeFirst();
  return row?.token;
}

export async function putAnchor(db: ChannelDatabase, token: Uuid): Promise<void> {
  await db
    .insertInto("channel_anchor")
    .values({ id: 1, token })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ token }))
    .execute();
}

export interface Recovery {
  readonly atMs: UnixMs;
  /** Devices that had got something back which was revoked. */
  readonly revoked: number;
}

export async function insertRecovery(
  db: ChannelDatabase,
  id: Uuid,
  { atMs, revoked }: Recovery,
): Promise<void> {
  await db
    .insertInto("channel_recoveries")
    .values({ id, at: new Date(atMs), revoked })
    .execute();
}

export async function findLastRecovery(db: ChannelDatabase): Promise<Recovery | undefined> {
  const row = await db
    .selectFrom("channel_recoveries")
    .select(["at", "revoked"])
    .orderBy("at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && { atMs: row.at.getTime(), revoked: row.revoked };
}

export async function listRevocationRows(
  db: ChannelDatabase,
): Promise<{ readonly entries: RevokedEntry[]; readonly version: number }> {
  const rows = await db.selectFrom("channel_revocations").selectAll().orderBy("version").execute();
  return {
    entries: rows.map(({ kind, id, from_at }) => ({ kind, id, fromMs: from_at.getTime() })),
    version: rows.reduce((highest, row) => Math.max(highest, Number(row.version)), 0),
  };
}

/** An entry that is there keeps the earlier time. */
export async function insertRevocationRows(
  db: ChannelDatabase,
  entries: readonly RevokedEntry[],
  version: number,
): Promise<void> {
  for (let at = 0; at < entries.length; at += ENTRIES_AT_ONCE) {
    const part = entries.slice(at, at + ENTRIES_AT_ONCE);
    await sql`
      insert into channel_revocations (kind, id, from_at, version)
      select kind, id, from_at, ${version} from unnest(
        ${part.map(({ kind }) => kind)}::text[],
        ${part.map(({ id }) => id)}::text[],
        ${part.map(({ fromMs }) => new Date(fromMs))}::timestamptz[]
      ) as n (kind, id, from_at)
      on conflict (kind, id) do update
        set from_at = excluded.from_at, version = excluded.version
        where channel_revocations.from_at > excluded.from_at`.execute(db);
  }
}
