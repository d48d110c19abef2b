import type { SealedMark } from "@gatehouse/contract";
import {
  decodeReplayState,
  encodeReplayState,
  judgeSequence,
  markSeen,
  NO_REPLAY_STATE,
  type ReplayState,
} from "@gatehouse/secure-channel";
import { CompiledQuery } from "kysely";
import type { Pool, PoolClient } from "pg";
import { channelTablesIn, type ForeignTransaction } from "../tables.ts";

/** Runs one statement inside a transaction, whoever began it. */
export type Run = <T>(text: string, values: readonly unknown[]) => Promise<readonly T[]>;

export const runOn =
  (client: Pick<PoolClient, "query">): Run =>
  async <T>(text: string, values: readonly unknown[]) =>
    (await client.query(text, [...values])).rows as T[];

export const runIn =
  (tx: ForeignTransaction): Run =>
  async <T>(text: string, values: readonly unknown[]) =>
    (await channelTablesIn(tx).executeQuery<T>(CompiledQuery.raw(text, [...values]))).rows;

/** A transaction of its own. */
export async function inTransaction(pool: Pool, act: (run: Run) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await act(runOn(client));
    await client.query("commit");
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}

interface Row {
  readonly key_id: string;
  readonly state: Uint8Array;
}

/** Both in the order of the keys, so that two transactions wait for each other in one order only. */
const MAKE = `
  insert into channel_replay (key_id, state) select key_id, $2::bytea from unnest($1::text[]) as u (key_id)
  on conflict (key_id) do nothing`;
const LOCK =
  "select key_id, state from channel_replay where key_id = any($1::text[]) order by key_id for update";
const WRITE = `
  update channel_replay r set state = u.state
  from unnest($1::text[], $2::bytea[]) as u (key_id, state) where r.key_id = u.key_id`;

/** Records these messages as taken; commits with everything else in the transaction, or not at all. */
export async function writeMarks(run: Run, marks: readonly SealedMark[]): Promise<void> {
  const byKey = Map.groupBy(marks, ({ keyId }) => keyId);
  const keyIds = [...byKey.keys()].sort();
  await run(MAKE, [keyIds, Buffer.from(encodeReplayState(NO_REPLAY_STATE))]);
  const rows = await run<Row>(LOCK, [keyIds]);
  const states = rows.map(({ key_id, state }) =>
    Buffer.from(encodeReplayState(withMarks(decodeReplayState(state), byKey.get(key_id) ?? []))),
  );
  await run(WRITE, [rows.map(({ key_id }) => key_id), states]);
}

export function withMarks(state: ReplayState, marks: readonly SealedMark[]): ReplayState {
  let now = state;
  for (const { sequence } of marks)
    if (judgeSequence(now, sequence) === "fresh") now = markSeen(now, sequence);
  return now;
}

export async function loadReplayStates(pool: Pool): Promise<Map<string, ReplayState>> {
  const { rows } = await pool.query<Row>("select key_id, state from channel_replay");
  return new Map(rows.map(({ key_id, state }) => [key_id, decodeReplayState(state)]));
}

/** States of keys that no device has any more. */
export async function deleteOrphanedReplayStates(pool: Pool): Promise<void> {
  await pool.query(
    "delete from channel_replay r where not exists (select from channel_bundles b where b.key_id = r.key_id)",
  );
}
