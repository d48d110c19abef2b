import { pipeline } from "node:stream/promises";
import {
  appendLeaves,
  encodeFrontier,
  growTiles,
  hashLeaf,
  parseFrontier,
  tilePath,
} from "@gatehouse/ledger";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { LedgerTables } from "../../apps/server/src/features/ledger/index.ts";
import { LogStore } from "../../apps/server/src/features/ledger/log-store.ts";
import { edgeTiles } from "../../apps/server/src/features/ledger/model.ts";
import { createDatabase } from "../../apps/server/src/platform/database/index.ts";
import { sha256 } from "../../apps/server/src/platform/secrets/index.ts";

const BATCH = 20_000;

/**
 * Fills the log up to `size` entries without waiting for so many acts: rows by COPY, tiles and frontier as the
 * sequencer writes them, under its lock.
 */
export async function fillLedger(
  pool: pg.Pool,
  tenantId: string,
  size: number,
  onProgress: (done: number) => void,
): Promise<void> {
  const db = createDatabase<LedgerTables>(pool);
  const log = await new LogStore(db).current();
  if (log === undefined) throw new Error("the log is not begun");
  for (;;) {
    const { rows } = await pool.query<{ size: number }>("select size from ledger_logs where id = $1", [
      log.id,
    ]);
    const done = rows[0]?.size ?? 0;
    onProgress(done);
    if (done >= size) return;
    await append(pool, tenantId, log.id, Math.min(BATCH, size - done));
  }
}

async function append(pool: pg.Pool, tenantId: string, logId: number, count: number): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const { rows } = await client.query<{ frontier: Buffer }>(
      "select frontier from ledger_logs where id = $1 for update",
      [logId],
    );
    const before = parseFrontier(rows[0]?.frontier ?? Buffer.alloc(0));
    const leaves: Uint8Array[] = [];
    const into = client.query(
      copyFrom(`copy ledger_entries (log_id, index, event_id, tenant_id, kind, outcome, actor_kind, actor_id, at, event,
        leaf_hash) from stdin`),
    );
    await pipeline(lines(tenantId, logId, before.size, count, leaves), into);
    const edges = edgeTiles(before.size);
    const stored = await client.query<{ level: number; bytes: Buffer }>(
      `select t.level, t.bytes from unnest($2::int[], $3::bigint[]) as u (level, index)
       join ledger_tiles t on t.log_id = $1 and t.level = u.level and t.index = u.index`,
      [logId, edges.map(({ level }) => level), edges.map(({ index }) => index)],
    );
    const edge = new Map(stored.rows.map(({ level, bytes }) => [level, bytes]));
    const tiles = growTiles(
      before.size,
      leaves,
      (tile) => {
        const bytes = edge.get(tile.level);
        if (bytes === undefined) throw new Error(`${tilePath(tile)} is missing`);
        return bytes;
      },
      sha256,
    );
    const after = appendLeaves(before, leaves, sha256);
    await client.query(
      `insert into ledger_tiles (log_id, level, index, width, bytes)
       select $1, u.* from unnest($2::int[], $3::bigint[], $4::int[], $5::bytea[]) as u
       on conflict (log_id, level, index) do update set width = excluded.width, bytes = excluded.bytes`,
      [
        logId,
        tiles.map(({ tile }) => tile.level),
        tiles.map(({ tile }) => tile.index),
        tiles.map(({ tile }) => tile.width),
        tiles.map(({ bytes }) => Buffer.from(bytes)),
      ],
    );
    await client.query("update ledger_logs set size = $2, frontier = $3 where id = $1", [
      logId,
      after.size,
      Buffer.from(encodeFrontier(after)),
    ]);
    await client.query("commit");
  } finally {
    client.release();
  }
}

async function* lines(
  tenantId: string,
  logId: number,
  from: number,
  count: number,
  leaves: Uint8Array[],
): AsyncGenerator<string> {
  const time = new Date().toISOString();
  let part = "";
  for (let index = from; index < from + count; index++) {
    const id = crypto.randomUUID();
    const event = `{"actor":{"id":"system","kind":"system"},"data":{"n":${index}},"id":"${id}","kind":"device.changed","outcome":"done","personal":{},"subject":null,"tenant":"${tenantId}","time":"${time}","v":1}`;
    const bytes = Buffer.from(event);
    const leaf = hashLeaf(bytes, sha256);
    leaves.push(leaf);
    const hex = (data: Uint8Array): string => `\\\\x${Buffer.from(data).toString("hex")}`;
    part += `${[logId, index, id, tenantId, "device.changed", "done", "system", "system", time, hex(bytes), hex(leaf)].join("\t")}\n`;
    if (part.length > 65_536) {
      yield part;
      part = "";
    }
  }
  yield part;
}
