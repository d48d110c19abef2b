import type { UnixMs, Uuid } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import { type Kysely, type Selectable, sql, type Transaction } from "kysely";
import type { AlertState } from "./alert-states.ts";
import { createEscalationStore, type EscalationStore } from "./escalation-store.ts";
import type { AlertsTable, AlertTables } from "./tables.ts";

export type AlertTransaction = Transaction<AlertTables>;

/** An alert with what only the engine needs to know of it. */
export interface AlertRecord {
  readonly tenantId: Uuid;
  readonly alert: alerts.Alert;
  readonly channelIds: readonly Uuid[];
  readonly nextMs?: UnixMs;
}

export interface AlertChange {
  readonly state: AlertState;
  readonly acknowledgedMs?: UnixMs;
  readonly acknowledgedBy?: string;
  readonly note?: string;
  readonly resolvedMs?: UnixMs;
  /** null clears it. */
  readonly snoozedUntilMs?: UnixMs | null;
  readonly nextMs?: UnixMs | null;
}

export interface AlertEventRecord {
  readonly atMs: UnixMs;
  readonly kind: string;
  readonly by?: string;
  readonly detail?: string;
}

/** Writes of one transaction. */
export interface AlertWriter {
  readonly tx: AlertTransaction;
  readonly escalations: EscalationStore;
  /** False when the rule already has an open alert for this device, or ever had one for this event. */
  insert(record: AlertRecord, createdMs: UnixMs): Promise<boolean>;
  findOpen(ruleId: Uuid, deviceId: Uuid): Promise<Uuid | undefined>;
  /** The alert, locked until the transaction ends. */
  lock(alertId: Uuid): Promise<AlertRecord | undefined>;
  change(alertId: Uuid, change: AlertChange): Promise<AlertRecord>;
  addEvent(alertId: Uuid, event: AlertEventRecord): Promise<void>;
  dropState(ruleId: Uuid, deviceId: Uuid): Promise<void>;
}

export interface DueAlert {
  readonly alertId: Uuid;
  readonly ruleId?: Uuid;
  readonly deviceId?: Uuid;
}

export interface AlertStore {
  write<T>(work: (writer: AlertWriter) => Promise<T>): Promise<T>;
  /** Open alerts of every tenant. */
  open(): Promise<readonly AlertRecord[]>;
  /** Alerts whose repeat is due or whose snooze is over. */
  due(nowMs: UnixMs, limit: number): Promise<readonly DueAlert[]>;
  /** Alerts about events. */
  openOfRule(ruleId: Uuid): Promise<readonly Uuid[]>;
  /** What it is about, where that is an event of a camera. */
  eventIdOf(alertId: Uuid): Promise<Uuid | undefined>;
  openOfEvent(eventId: Uuid): Promise<readonly AlertRecord[]>;
  /** About events before one camera, the newest first, without the first `skip`. */
  olderOfCamera(ruleId: Uuid, deviceId: Uuid, skip: number): Promise<readonly AlertRecord[]>;
  /** About any event, of every tenant, oldest first. */
  openOfEvents(limit: number): Promise<readonly AlertRecord[]>;
  /** Open alerts follow their rule's channels; active ones repeat from `nextMs` on. */
  followRule(ruleId: Uuid, channelIds: readonly Uuid[], nextMs: UnixMs | null): Promise<void>;
  addEvent(alertId: Uuid, event: AlertEventRecord): Promise<void>;
  /** Removes resolved alerts of the tenant; answers how many. */
  removeResolvedBefore(tenantId: Uuid, beforeMs: UnixMs): Promise<number>;
}

export function createAlertStore(db: Kysely<AlertTables>): AlertStore {
  const openAboutEvents = () =>
    db.selectFrom("alerts").selectAll().where("event_id", "is not", null).where("resolved_at", "is", null);
  return {
    write: (work) => db.transaction().execute((tx) => work(writerOf(tx))),
    async open() {
      const rows = await db.selectFrom("alerts").selectAll().where("resolved_at", "is", null).execute();
      return rows.map(toRecord);
    },
    async due(nowMs, limit) {
      const rows = await db
        .selectFrom("alerts")
        .select(["id", "rule_id", "device_id"])
        .where("next_at", "<=", new Date(nowMs))
        .where("resolved_at", "is", null)
        .orderBy("next_at")
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        alertId: row.id,
        ...given("ruleId", row.rule_id),
        ...given("deviceId", row.device_id),
      }));
    },
    async openOfRule(ruleId) {
      const rows = await db
        .selectFrom("alerts")
        .select("id")
        .where("rule_id", "=", ruleId)
        .where("event_id", "is not", null)
        .where("resolved_at", "is", null)
        .execute();
      return rows.map(({ id }) => id);
    },
    async eventIdOf(alertId) {
      const row = await db
        .selectFrom("alerts")
        .select("event_id")
        .where("id", "=", alertId)
        .executeTakeFirst();
      return row?.event_id ?? undefined;
    },
    async openOfEvent(eventId) {
      const rows = await openAboutEvents().where("event_id", "=", eventId).execute();
      return rows.map(toRecord);
    },
    async olderOfCamera(ruleId, deviceId, skip) {
      const rows = await openAboutEvents()
        .where("rule_id", "=", ruleId)
        .where("device_id", "=", deviceId)
        .orderBy("raised_at", "desc")
        .offset(skip)
        .execute();
      return rows.map(toRecord);
    },
    async openOfEvents(limit) {
      const rows = await openAboutEvents().orderBy("raised_at").limit(limit).execute();
      return rows.map(toRecord);
    },
    async followRule(ruleId, channelIds, nextMs) {
      const nextAt = dateOrNull(nextMs);
      await db
        .updateTable("alerts")
        .set({
          channel_ids: [...channelIds],
          next_at: sql<Date | null>`case when state = 'active' then ${nextAt}::timestamptz else next_at end`,
        })
        .where("rule_id", "=", ruleId)
        .where("resolved_at", "is", null)
        .execute();
    },
    addEvent: (alertId, event) => insertEvent(db, alertId, event),
    async removeResolvedBefore(tenantId, beforeMs) {
      const { numDeletedRows } = await db
        .deleteFrom("alerts")
        .where("tenant_id", "=", tenantId)
        .where("resolved_at", "<", new Date(beforeMs))
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}

function writerOf(tx: AlertTransaction): AlertWriter {
  return {
    tx,
    escalations: createEscalationStore(tx),
    async insert({ tenantId, alert, channelIds, nextMs }, createdMs) {
      const { numInsertedOrUpdatedRows = 0n } = await tx
        .insertInto("alerts")
        .values({
          id: alert.id,
          tenant_id: tenantId,
          rule_id: alert.ruleId ?? null,
          rule_name: alert.ruleName,
          severity: alert.severity,
          state: alert.state,
          device_id: alert.deviceId ?? null,
          device_name: alert.deviceName,
          site_name: alert.siteName,
          metric: alert.metric ?? null,
          condition: JSON.stringify(alert.condition),
          value: alert.value === undefined ? null : JSON.stringify(alert.value),
          unit: alert.unit ?? null,
          event_id: alert.event?.id ?? null,
          event: alert.event === undefined ? null : JSON.stringify(alert.event),
          raised_at: new Date(alert.raisedMs),
          created_at: new Date(createdMs),
          next_at: dateOrNull(nextMs),
          channel_ids: [...channelIds],
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows > 0n;
    },
    async findOpen(ruleId, deviceId) {
      const row = await tx
        .selectFrom("alerts")
        .select("id")
        .where("rule_id", "=", ruleId)
        .where("device_id", "=", deviceId)
        .where("event_id", "is", null)
        .where("resolved_at", "is", null)
        .executeTakeFirst();
      return row?.id;
    },
    async lock(alertId) {
      const row = await tx
        .selectFrom("alerts")
        .selectAll()
        .where("id", "=", alertId)
        .forUpdate()
        .executeTakeFirst();
      return row === undefined ? undefined : toRecord(row);
    },
    async change(alertId, { state, acknowledgedBy, note, ...times }) {
      const row = await tx
        .updateTable("alerts")
        .set({
          state,
          ...(acknowledgedBy === undefined ? {} : { acknowledged_by: acknowledgedBy }),
          ...(note === undefined ? {} : { note }),
          ...(times.acknowledgedMs === undefined ? {} : { acknowledged_at: new Date(times.acknowledgedMs) }),
          ...(times.resolvedMs === undefined ? {} : { resolved_at: new Date(times.resolvedMs) }),
          ...(times.snoozedUntilMs === undefined ? {} : { snoozed_until: dateOrNull(times.snoozedUntilMs) }),
          ...(times.nextMs === undefined ? {} : { next_at: dateOrNull(times.nextMs) }),
        })
        .where("id", "=", alertId)
        .returningAll()
        .executeTakeFirstOrThrow();
      return toRecord(row);
    },
    addEvent: (alertId, event) => insertEvent(tx, alertId, event),
    async dropState(ruleId, deviceId) {
      await tx
        .deleteFrom("rule_states")
        .where("rule_id", "=", ruleId)
        .where("device_id", "=", deviceId)
        .execute();
    },
  };
}

/** An alert that is gone in the meantime gets no event. */
async function insertEvent(
  db: Kysely<AlertTables>,
  alertId: Uuid,
  { atMs, kind, by, detail }: AlertEventRecord,
): Promise<void> {
  await sql`
    insert into alert_events (alert_id, at, kind, by_name, detail)
    select id, ${new Date(atMs)}, ${kind}, ${by ?? null}, ${detail ?? null} from alerts where id = ${alertId}
  `.execute(db);
}

const dateOrNull = (ms: UnixMs | null | undefined): Date | null => (ms == null ? null : new Date(ms));

export function toRecord(row: Selectable<AlertsTable>): AlertRecord {
  return {
    tenantId: row.tenant_id,
    alert: toAlert(row),
    channelIds: row.channel_ids,
    ...(row.next_at === null ? {} : { nextMs: row.next_at.getTime() }),
  };
}

export function toAlert(row: Selectable<AlertsTable>): alerts.Alert {
  return {
    id: row.id,
    ruleName: row.rule_name,
    severity: row.severity,
    state: row.state,
    deviceName: row.device_name,
    siteName: row.site_name,
    condition: row.condition,
    raisedMs: row.raised_at.getTime(),
    ...given("ruleId", row.rule_id),
    ...given("deviceId", row.device_id),
    ...given("metric", row.metric),
    ...given("value", row.value),
    ...given("unit", row.unit),
    ...given("event", row.event),
    ...given("acknowledgedMs", row.acknowledged_at?.getTime()),
    ...given("acknowledgedBy", row.acknowledged_by),
    ...given("note", row.note),
    ...given("snoozedUntilMs", row.snoozed_until?.getTime()),
    ...given("resolvedMs", row.resolved_at?.getTime()),
  };
}

/** A property that is absent when the column is null. */
const given = <K extends string, V>(key: K, value: V | null | undefined): { [P in K]?: V } =>
  value == null ? {} : ({ [key]: value } as { [P in K]: V });
