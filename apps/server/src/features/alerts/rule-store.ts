import type { UnixMs, Uuid } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import type { Kysely, Selectable } from "kysely";
import type { RuleRecord } from "./model.ts";
import type { AlertDatabase, AlertTables, RulesTable } from "./tables.ts";

export interface RuleStore {
  /** Rules of every tenant. */
  all(): Promise<readonly RuleRecord[]>;
  insert(rule: RuleRecord): Promise<void>;
  /** False when the stored rule is not the version of `expectedMs`. */
  replace(rule: RuleRecord, expectedMs: UnixMs): Promise<boolean>;
  remove(tenantId: Uuid, ruleId: Uuid): Promise<boolean>;
  /** Whether the organisation once got the rule that comes with its first camera that looks for people. */
  hadFirst(tenantId: Uuid): Promise<boolean>;
  markFirst(tenantId: Uuid, atMs: UnixMs): Promise<void>;
  /** All of it or nothing. */
  write<T>(work: (rules: RuleStore, tx: AlertDatabase) => Promise<T>): Promise<T>;
}

export function createRuleStore(db: Kysely<AlertTables>): RuleStore {
  return {
    async all() {
      const rows = await db.selectFrom("rules").selectAll().orderBy("created_at").orderBy("id").execute();
      return rows.map(toRule);
    },
    async insert(rule) {
      await db
        .insertInto("rules")
        .values({
          id: rule.id,
          tenant_id: rule.tenantId,
          created_at: new Date(rule.createdMs),
          ...columnsOf(rule),
        })
        .execute();
    },
    async replace(rule, expectedMs) {
      const { numUpdatedRows } = await db
        .updateTable("rules")
        .set(columnsOf(rule))
        .where("tenant_id", "=", rule.tenantId)
        .where("id", "=", rule.id)
        .where("updated_at", "=", new Date(expectedMs))
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async remove(tenantId, ruleId) {
      const { numDeletedRows } = await db
        .deleteFrom("rules")
        .where("tenant_id", "=", tenantId)
        .where("id", "=", ruleId)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async hadFirst(tenantId) {
      const row = await db
        .selectFrom("first_rules")
        .select("at")
        .where("tenant_id", "=", tenantId)
        .executeTakeFirst();
      return row !== undefined;
    },
    async markFirst(tenantId, atMs) {
      await db
        .insertInto("first_rules")
        .values({ tenant_id: tenantId, at: new Date(atMs) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    write: (work) => db.transaction().execute((tx) => work(createRuleStore(tx), tx)),
  };
}

function columnsOf(rule: RuleRecord) {
  return {
    name: rule.name,
    enabled: rule.enabled,
    severity: rule.severity,
    scope: JSON.stringify(rule.scope),
    condition: JSON.stringify(rule.condition),
    hold_ms: rule.holdMs,
    schedule: rule.schedule === undefined ? null : JSON.stringify(rule.schedule),
    channel_ids: rule.channelIds,
    repeat_ms: rule.repeatMs,
    escalation: rule.escalation === undefined ? null : JSON.stringify(rule.escalation),
    updated_at: new Date(rule.updatedMs),
  };
}

function toRule(row: Selectable<RulesTable>): RuleRecord {
  const body: alerts.RuleBody = {
    name: row.name,
    enabled: row.enabled,
    severity: row.severity,
    scope: row.scope,
    condition: row.condition,
    holdMs: row.hold_ms,
    channelIds: row.channel_ids,
    repeatMs: row.repeat_ms,
    ...(row.escalation === null ? {} : { escalation: row.escalation }),
    ...(row.schedule === null ? {} : { schedule: row.schedule }),
  };
  return {
    id: row.id,
    tenantId: row.tenant_id,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
    ...body,
  };
}
