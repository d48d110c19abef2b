import type { UnixMs, Uuid } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import type { Kysely, Selectable } from "kysely";
import { dueMsOf, type Escalation } from "./escalation.ts";
import type { AlertEscalationsTable, AlertTables } from "./tables.ts";

/** The escalations of alerts, inside a transaction or not. */
export interface EscalationStore {
  start(alertId: Uuid, steps: readonly alerts.EscalationStep[], nowMs: UnixMs): Promise<void>;
  find(alertId: Uuid): Promise<Escalation | undefined>;
  /** Locked until the transaction ends. */
  lock(alertId: Uuid): Promise<Escalation | undefined>;
  save(alertId: Uuid, escalation: Escalation): Promise<void>;
  /** Somebody answered. */
  stop(alertId: Uuid, nowMs: UnixMs): Promise<void>;
  /** Of alerts that still wait for an answer. */
  due(nowMs: UnixMs, limit: number): Promise<readonly Uuid[]>;
  /** Active alerts of the rule follow its steps; what was told stays told. */
  followRule(ruleId: Uuid, steps: readonly alerts.EscalationStep[]): Promise<void>;
}

export function createEscalationStore(db: Kysely<AlertTables>): EscalationStore {
  const ofAlert = (alertId: Uuid) =>
    db.selectFrom("alert_escalations").selectAll().where("alert_id", "=", alertId);

  const save = async (alertId: Uuid, escalation: Escalation): Promise<void> => {
    const dueMs = dueMsOf(escalation);
    const columns = {
      steps: JSON.stringify(escalation.steps),
      done_at: escalation.doneMs.map((ms) => new Date(ms)),
      due_at: dueMs === undefined ? null : new Date(dueMs),
      stopped_at: escalation.stoppedMs === undefined ? null : new Date(escalation.stoppedMs),
    };
    await db
      .insertInto("alert_escalations")
      .values({ alert_id: alertId, started_at: new Date(escalation.startedMs), ...columns })
      .onConflict((conflict) => conflict.column("alert_id").doUpdateSet(columns))
      .execute();
  };

  return {
    save,
    async start(alertId, steps, startedMs) {
      if (steps.length > 0) await save(alertId, { startedMs, steps, doneMs: [] });
    },
    async find(alertId) {
      const row = await ofAlert(alertId).executeTakeFirst();
      return row === undefined ? undefined : toEscalation(row);
    },
    async lock(alertId) {
      const row = await ofAlert(alertId).forUpdate().executeTakeFirst();
      return row === undefined ? undefined : toEscalation(row);
    },
    async stop(alertId, nowMs) {
      await db
        .updateTable("alert_escalations")
        .set({ due_at: null, stopped_at: new Date(nowMs) })
        .where("alert_id", "=", alertId)
        .where("stopped_at", "is", null)
        .execute();
    },
    async due(nowMs, limit) {
      const rows = await db
        .selectFrom("alert_escalations")
        .innerJoin("alerts", "alerts.id", "alert_escalations.alert_id")
        .select("alerts.id")
        .where("alert_escalations.due_at", "<=", new Date(nowMs))
        // Of a snoozed one the step waits for its end.
        .where("alerts.state", "=", "active")
        .orderBy("alert_escalations.due_at")
        .limit(limit)
        .execute();
      return rows.map(({ id }) => id);
    },
    async followRule(ruleId, steps) {
      const rows = await db
        .selectFrom("alerts")
        .leftJoin("alert_escalations", "alert_escalations.alert_id", "alerts.id")
        .select(["alerts.id", "alerts.created_at", "alerts.acknowledged_at"])
        .select(["started_at", "done_at", "stopped_at"])
        .where("rule_id", "=", ruleId)
        .where("resolved_at", "is", null)
        .execute();
      for (const { id, acknowledged_at, created_at, done_at, started_at, stopped_at } of rows) {
        if (stopped_at !== null || acknowledged_at !== null) continue;
        if (started_at === null && steps.length === 0) continue;
        const doneMs = (done_at ?? []).map((at) => at.getTime());
        await save(id, { startedMs: (started_at ?? created_at).getTime(), steps, doneMs });
      }
    },
  };
}

const toEscalation = (row: Selectable<AlertEscalationsTable>): Escalation => ({
  startedMs: row.started_at.getTime(),
  steps: row.steps,
  doneMs: row.done_at.map((at) => at.getTime()),
  ...(row.stopped_at === null ? {} : { stoppedMs: row.stopped_at.getTime() }),
});
