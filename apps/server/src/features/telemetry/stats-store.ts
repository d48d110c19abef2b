import type { UnixMs } from "@gatehouse/base";
import type { Pool } from "pg";

/** Values in whole hours, then in the minutes behind them. */
const POINTS = `
  select (
    (select coalesce(sum(n::bigint * cardinality(sum)), 0) from telemetry_1h where ts >= $1 and ts < $2) +
    (select coalesce(sum(n::bigint * cardinality(sum)), 0) from telemetry_1m where ts >= $2)
  )::bigint as points`;

export class StatsStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Values since the instant, as the rollups count them: a few minutes behind. */
  async pointsSince(fromMs: UnixMs, hoursDoneMs: UnixMs): Promise<number> {
    const values = [new Date(fromMs), new Date(Math.max(fromMs, hoursDoneMs))];
    const { rows } = await this.#pool.query<{ points: number }>(POINTS, values);
    return rows[0]?.points ?? 0;
  }
}
