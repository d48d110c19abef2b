import type { UnixMs, Uuid } from "@gatehouse/base";
import { type Kysely, sql } from "kysely";
import type { MetricValue } from "./signal.ts";
import type { AlertTables } from "./tables.ts";

/** A hold time that runs. */
export interface SavedState {
  readonly ruleId: Uuid;
  readonly deviceId: Uuid;
  readonly sinceMs: UnixMs;
  readonly seenMs?: UnixMs;
  readonly value?: MetricValue;
}

export interface StateStore {
  all(): Promise<readonly SavedState[]>;
  /** Rows whose rule or device is gone in the meantime are left out. */
  save(states: readonly SavedState[]): Promise<void>;
  remove(keys: readonly { readonly ruleId: Uuid; readonly deviceId: Uuid }[]): Promise<void>;
  /** Until when the engine is known to have listened. */
  aliveMs(): Promise<UnixMs | undefined>;
  markAlive(nowMs: UnixMs): Promise<void>;
}

/** Rows of one statement: arrays of this length are far below any limit of the protocol. */
const BATCH = 1_000;

export function createStateStore(db: Kysely<AlertTables>): StateStore {
  return {
    async all() {
      const rows = await db.selectFrom("rule_states").selectAll().execute();
      return rows.map((row) => ({
        ruleId: row.rule_id,
        deviceId: row.device_id,
        sinceMs: row.since_at.getTime(),
        ...(row.seen_at === null ? {} : { seenMs: row.seen_at.getTime() }),
        ...(row.value === null ? {} : { value: row.value }),
      }));
    },
    async save(states) {
      for (let at = 0; at < states.length; at += BATCH) await saveBatch(db, states.slice(at, at + BATCH));
    },
    async remove(keys) {
      for (let at = 0; at < keys.length; at += BATCH) {
        const batch = keys.slice(at, at + BATCH);
        const ruleIds = batch.map(({ ruleId }) => ruleId);
        const deviceIds = batch.map(({ deviceId }) => deviceId);
        await sql`
          delete from rule_states s
          using unnest(${ruleIds}::uuid[], ${deviceIds}::uuid[]) as k (rule_id, device_id)
          where s.rule_id = k.rule_id and s.device_id = k.device_id`.execute(db);
      }
    },
    async aliveMs() {
      const row = await db.selectFrom("alert_engine").select("alive_at").executeTakeFirst();
      return row?.alive_at.getTime();
    },
    async markAlive(nowMs) {
      await db
        .insertInto("alert_engine")
        .values({ alive_at: new Date(nowMs) })
        .onConflict((conflict) => conflict.column("only_row").doUpdateSet({ alive_at: new Date(nowMs) }))
        .execute();
    },
  };
}

async function saveBatch(db: Kysely<AlertTables>, states: readonly SavedState[]): Promise<void> {
  const ruleIds = states.map(({ ruleId }) => ruleId);
  const deviceIds = states.map(({ deviceId }) => deviceId);
  const since = states.map(({ sinceMs }) => new Date(sinceMs));
  const seen = states.map(({ seenMs }) => (seenMs === undefined ? null : new Date(seenMs)));
  const values = states.map(({ value }) => (value === undefined ? null : JSON.stringify(value)));
  await sql`
    insert into rule_states (rule_id, device_id, since_at, seen_at, value)
    select n.rule_id, n.device_id, n.since_at, n.seen_at, n.value::jsonb
    from unnest(${ruleIds}::uuid[], ${deviceIds}::uuid[], ${since}::timestamptz[], ${seen}::timestamptz[],
                ${values}::text[]) as n (rule_id, device_id, since_at, seen_at, value)
    join rules on rules.id = n.rule_id
    where exists (select from devices d where d.id = n.device_id)
    on conflict (rule_id, device_id) do update
      set since_at = excluded.since_at, seen_at = excluded.seen_at, value = excluded.value`.execute(db);
}
