import { openDatabase } from "./stored.ts";

export interface VerdictCount {
  /** Rows with a verdict, and how many devices they are about. */
  readonly rows: number;
  readonly devices: number;
  readonly read: number;
  readonly silent: number;
  readonly other: number;
  /** Signed readings that name the round: a meter that was asked again after a kill has read itself twice. */
  readonly readings: number;
  /** Readings that are in the database a second time: the same bytes, signed once. */
  readonly repeated: number;
}

/** What the database holds of one round. */
export async function countVerdicts(dataDir: string, readId: string): Promise<VerdictCount> {
  const database = await openDatabase(dataDir);
  try {
    const { rows } = await database.query<VerdictCount>(
      `select count(*)::int as rows, count(distinct device_id)::int as devices,
         count(*) filter (where verdict = 'read')::int as read,
         count(*) filter (where verdict = 'silent')::int as silent,
         count(*) filter (where verdict not in ('read', 'silent'))::int as other,
         (select count(*)::int from signed_readings where meter_read_id = $1) as readings,
         (select (count(*) - count(distinct (key_id, signed)))::int from signed_readings) as repeated
       from meter_read_devices where read_id = $1 and verdict is not null`,
      [readId],
    );
    return rows[0] as VerdictCount;
  } finally {
    await database.end();
  }
}
