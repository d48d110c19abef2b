import type { UnixMs, Uuid } from "@gatehouse/base";
import type { alerts, ReplyOf } from "@gatehouse/contract";
import { type Kysely, sql } from "kysely";
import { toAlert } from "./alert-store.ts";
import type { AlertTables } from "./tables.ts";

export interface AlertFilter {
  readonly state?: "open" | "resolved";
  readonly deviceId?: Uuid;
  readonly severity?: alerts.Severity;
  /** Part of the rule's, device's or site's name or of the note, whatever its case. */
  readonly q?: string;
  /** Raised between these, both included. */
  readonly raisedIn?: { readonly fromMs: UnixMs; readonly toMs: UnixMs };
  /** Only alerts older than this one. */
  readonly before?: { readonly raisedMs: UnixMs; readonly id: Uuid };
  readonly limit: number;
}

/** Alerts of one organisation, and of these devices alone unless an asker may see them all. */
export interface AlertScope {
  readonly tenantId: Uuid;
  readonly deviceIds: "all" | readonly Uuid[];
}

/** Whose an alert is, and of which device. */
export async function findAlertOwner(
  db: Kysely<AlertTables>,
  alertId: Uuid,
): Promise<{ readonly tenantId: Uuid; readonly deviceId: Uuid | undefined } | undefined> {
  const row = await db
    .selectFrom("alerts")
    .select(["tenant_id", "device_id"])
    .where("id", "=", alertId)
    .executeTakeFirst();
  return row && { tenantId: row.tenant_id, deviceId: row.device_id ?? undefined };
}

/** What people read; every query is of what one of them may see. */
export interface AlertQueryStore {
  list(filter: AlertFilter): Promise<readonly alerts.Alert[]>;
  get(alertId: Uuid): Promise<ReplyOf<typeof alerts.getAlert> | undefined>;
  openCounts(): Promise<{ readonly open: number; readonly critical: number }>;
  openByRule(): Promise<ReadonlyMap<Uuid, number>>;
  unseen(personId: Uuid): Promise<number>;
  markSeen(personId: Uuid, nowMs: UnixMs): Promise<void>;
}

const MAX_EVENTS = 1_000;
/** The bell does not count further. */
const MAX_UNSEEN = 1_000;

export function createAlertQueryStore(
  db: Kysely<AlertTables>,
  { tenantId, deviceIds }: AlertScope,
): AlertQueryStore {
  const ofTenant = () =>
    db
      .selectFrom("alerts")
      .where("tenant_id", "=", tenantId)
      .$if(deviceIds !== "all", (query) => query.where(sql<boolean>`device_id = any(${deviceIds}::uuid[])`));
  return {
    async list({ state, deviceId, severity, q, raisedIn, before, limit }) {
      let query = ofTenant().selectAll();
      if (state === "open") query = query.where("resolved_at", "is", null);
      if (state === "resolved") query = query.where("resolved_at", "is not", null);
      if (deviceId !== undefined) query = query.where("device_id", "=", deviceId);
      if (severity !== undefined) query = query.where("severity", "=", severity);
      if (q !== undefined && q !== "") {
        const pattern = `%${q.replace(/[\\%_]/g, "\\$&")}%`;
        query = query.where((where) =>
          where.or([
            where("rule_name", "ilike", pattern),
            where("device_name", "ilike", pattern),
            where("site_name", "ilike", pattern),
            where("note", "ilike", pattern),
          ]),
        );
      }
      if (raisedIn !== undefined)
        query = query
          .where("raised_at", ">=", new Date(raisedIn.fromMs))
          .where("raised_at", "<=", new Date(raisedIn.toMs));
      if (before !== undefined) {
        query = query.where(
          sql<boolean>`(raised_at, id) < (${new Date(before.raisedMs)}::timestamptz, ${before.id}::uuid)`,
        );
      }
      const rows = await query.orderBy("raised_at", "desc").orderBy("id", "desc").limit(limit).execute();
      return rows.map(toAlert);
    },
    async get(alertId) {
      const row = await ofTenant().selectAll().where("id", "=", alertId).executeTakeFirst();
      if (row === undefined) return undefined;
      const events = await db
        .selectFrom("alert_events")
        .select(["at", "kind", "by_name", "detail"])
        .where("alert_id", "=", alertId)
        .orderBy("id", "desc")
        .limit(MAX_EVENTS)
        .execute();
      return {
        alert: toAlert(row),
        events: events.reverse().map(({ at, kind, by_name: by, detail }) => ({
          atMs: at.getTime(),
          kind,
          ...(by === null ? {} : { by }),
          ...(detail === null ? {} : { detail }),
        })),
      };
    },
    async openCounts() {
      const row = await ofTenant()
        .where("resolved_at", "is", null)
        .select((select) => [
          select.fn.countAll<number>().as("open"),
          select.fn.countAll<number>().filterWhere("severity", "=", "critical").as("critical"),
        ])
        .executeTakeFirstOrThrow();
      return row;
    },
    async openByRule() {
      const rows = await ofTenant()
        .where("resolved_at", "is", null)
        .where("rule_id", "is not", null)
        .select((select) => ["rule_id", select.fn.countAll<number>().as("open")])
        .groupBy("rule_id")
        .execute();
      return new Map(rows.map((row) => [row.rule_id as Uuid, row.open]));
    },
    async unseen(personId) {
      const seen = await db
        .selectFrom("notices_seen")
        .select("seen_at")
        .where("tenant_id", "=", tenantId)
        .where("person_id", "=", personId)
        .executeTakeFirst();
      let recent = ofTenant().select("id").limit(MAX_UNSEEN);
      if (seen !== undefined) recent = recent.where("created_at", ">", seen.seen_at);
      const { count } = await db
        .selectFrom(recent.as("recent"))
        .select((select) => select.fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow();
      return count;
    },
    async markSeen(personId, nowMs) {
      const seenAt = new Date(nowMs);
      await db
        .insertInto("notices_seen")
        .values({ tenant_id: tenantId, person_id: personId, seen_at: seenAt })
        .onConflict((conflict) =>
          conflict.columns(["tenant_id", "person_id"]).doUpdateSet({ seen_at: seenAt }),
        )
        .execute();
    },
  };
}
