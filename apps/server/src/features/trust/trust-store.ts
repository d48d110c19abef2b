import type { UnixMs, Uuid } from "@gatehouse/base";
import type { trust } from "@gatehouse/contract";
import { sql } from "kysely";
import type { Subject, VerdictCounts } from "./model.ts";
import type { TrustDatabase } from "./tables.ts";

export interface StoredTrust {
  readonly deviceId: Uuid;
  readonly quarantine: trust.Quarantine | undefined;
  readonly suggestedMs: UnixMs | undefined;
}

/** What is known of devices: habits, quarantines, scores, counts. Callers have checked whose the device is. */
export class TrustStore {
  readonly #db: TrustDatabase;

  constructor(db: TrustDatabase) {
    this.#db = db;
  }

  async all(): Promise<StoredTrust[]> {
    const rows = await this.#db
      .selectFrom("device_trust")
      .select(["device_id", "quarantined_at", "quarantined_by", "reason", "findings", "suggested_at"])
      .execute();
    return rows.map((row) => ({
      deviceId: row.device_id,
      suggestedMs: row.suggested_at?.getTime(),
      quarantine: row.quarantined_at === null ? undefined : quarantineOf(row, row.quarantined_at),
    }));
  }

  /** Habits of devices behind `afterId`, in order of their ids. */
  async states(
    afterId: Uuid,
    limit: number,
  ): Promise<{ readonly deviceId: Uuid; readonly state: string | null }[]> {
    const rows = await this.#db
      .selectFrom("device_trust")
      .select(["device_id", "state"])
      .where("device_id", ">", afterId)
      .orderBy("device_id")
      .limit(limit)
      .execute();
    return rows.map((row) => ({ deviceId: row.device_id, state: row.state }));
  }

  async saveStates(
    states: readonly { readonly tenantId: Uuid; readonly deviceId: Uuid; readonly state: string }[],
  ): Promise<void> {
    await sql`
      insert into device_trust (device_id, tenant_id, state)
      select u.device_id, u.tenant_id, u.state
      from unnest(${states.map(({ deviceId }) => deviceId)}::uuid[], ${states.map(({ tenantId }) => tenantId)}::uuid[],
        ${states.map(({ state }) => state)}::text[]) as u (device_id, tenant_id, state)
      where exists (select from devices d where d.id = u.device_id)
      on conflict (device_id) do update set state = excluded.state`.execute(this.#db);
  }

  /** The quarantine as it is in memory now, or the suggestion of one. */
  async saveQuarantine({ tenantId, deviceId, quarantine, suggestedMs }: Subject): Promise<void> {
    const values = {
      quarantined_at: quarantine === undefined ? null : new Date(quarantine.atMs),
      quarantined_by: quarantine?.byName ?? null,
      reason: quarantine?.reason ?? null,
      findings: JSON.stringify(quarantine?.findings ?? []),
      suggested_at: suggestedMs === undefined ? null : new Date(suggestedMs),
    };
    await this.#db
      .insertInto("device_trust")
      .values({ device_id: deviceId, tenant_id: tenantId, state: null, ...values })
      .onConflict((conflict) => conflict.column("device_id").doUpdateSet(values))
      .execute();
  }

  async addScores(
    scores: readonly { readonly deviceId: Uuid; readonly score: number; readonly codes: readonly string[] }[],
    at: Date,
  ): Promise<void> {
    await sql`
      insert into trust_scores (device_id, at, score, codes)
      select u.device_id, ${at}, u.score, string_to_array(u.codes, ',')
      from unnest(${scores.map(({ deviceId }) => deviceId)}::uuid[], ${scores.map(({ score }) => score)}::int[],
        ${scores.map(({ codes }) => codes.join(","))}::text[]) as u (device_id, score, codes)
      where exists (select from devices d where d.id = u.device_id)
      on conflict do nothing`.execute(this.#db);
  }

  /** The newest points, oldest first. */
  async scores(deviceId: Uuid, limit: number): Promise<trust.DeviceTrust["history"]> {
    const rows = await this.#db
      .selectFrom("trust_scores")
      .selectAll()
      .where("device_id", "=", deviceId)
      .orderBy("at", "desc")
      .limit(limit)
      .execute();
    return rows.reverse().map(({ at, score, codes }) => ({ atMs: at.getTime(), score, codes }));
  }

  async addVerdicts(
    counts: readonly { readonly deviceId: Uuid; readonly verdicts: VerdictCounts }[],
    at: Date,
  ): Promise<void> {
    const of = (kind: keyof VerdictCounts): number[] => counts.map(({ verdicts }) => verdicts[kind]);
    await sql`
      insert into trust_verdicts as t (device_id, day, ok, suspect, implausible)
      select u.device_id, (${at}::timestamptz at time zone 'UTC')::date, u.ok, u.suspect, u.implausible
      from unnest(${counts.map(({ deviceId }) => deviceId)}::uuid[], ${of("ok")}::bigint[], ${of("suspect")}::bigint[],
        ${of("implausible")}::bigint[]) as u (device_id, ok, suspect, implausible)
      where exists (select from devices d where d.id = u.device_id)
      on conflict (device_id, day) do update set ok = t.ok + excluded.ok, suspect = t.suspect + excluded.suspect,
        implausible = t.implausible + excluded.implausible`.execute(this.#db);
  }

  async verdicts(deviceId: Uuid, since: Date): Promise<VerdictCounts> {
    const { rows } = await sql<VerdictCounts>`
      select coalesce(sum(ok), 0)::float8 as ok, coalesce(sum(suspect), 0)::float8 as suspect,
        coalesce(sum(implausible), 0)::float8 as implausible
      from trust_verdicts where device_id = ${deviceId} and day >= (${since}::timestamptz at time zone 'UTC')::date`.execute(
      this.#db,
    );
    return rows[0] ?? { ok: 0, suspect: 0, implausible: 0 };
  }

  /** History and counts of a tenant's devices. */
  async deleteBefore(tenantId: Uuid, before: Date): Promise<void> {
    const devices = sql`select device_id from device_trust where tenant_id = ${tenantId}`;
    await sql`delete from trust_scores where at < ${before} and device_id in (${devices})`.execute(this.#db);
    await sql`delete from trust_verdicts where day < ${before}::timestamptz::date and device_id in (${devices})`.execute(
      this.#db,
    );
  }
}

function quarantineOf(
  row: { quarantined_by: string | null; reason: string | null; findings: trust.Finding[] },
  at: Date,
): trust.Quarantine {
  return {
    atMs: at.getTime(),
    findings: row.findings,
    ...(row.quarantined_by === null ? {} : { byName: row.quarantined_by }),
    ...(row.reason === null ? {} : { reason: row.reason }),
  };
}
