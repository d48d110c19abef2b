import { parseArgs } from "node:util";
import { type Gatehouse, pssBytes, startGatehouse } from "../tests/lib/gatehouse.ts";
import { type Counted, countLines } from "./lib/count-lines.ts";
import { flood } from "./lib/flood.ts";
import { copyOut, findPsql, psqlVersion } from "./lib/psql.ts";
import { median } from "./lib/report.ts";
import { openDatabase } from "./lib/stored.ts";
import type { Bench } from "./run.ts";

/** 32 plugs of three metrics: as many series as one export may have. */
const DEVICES = 32;
const METRICS = ["power", "energy", "voltage"];
const ROUNDS = 3;
const MIB = 2 ** 20;
const HOUR_MS = 3_600_000;

/** The same lines in the same order, but for the unit, straight from the tables. */
const SAME_LINES = `
  select to_char(t.ts at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as time, p.name as site, d.name as device,
    m.metric, '' as unit, t.v[m.k] as value
  from metric_sets s
  join devices d on d.id = s.device_id
  join sites p on p.id = d.site_id
  cross join lateral unnest(s.metrics) with ordinality as m (metric, k)
  join telemetry t on t.set_id = s.id
  order by s.id, m.k, t.ts`;

export const bench: Bench = {
  describe: "export of a history as CSV and JSON against psql's \\copy of the same lines [--values 2000000]",
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { values: { type: "string", default: "2000000" } },
    });
    const psql = findPsql();
    const server = await startGatehouse();
    try {
      const refs = await fill(server, Number(values.values));
      // What the filling left in memory is not the export's.
      await server.kill("SIGTERM");
      await server.restart();
      const results = { csv: [] as Measured[], json: [] as Measured[], psql: [] as Counted[] };
      for (let round = 0; round < ROUNDS; round++) {
        results.csv.push(await download(server, refs, "csv"));
        results.psql.push(await copyOut(psql, server.dataDir, SAME_LINES));
        results.json.push(await download(server, refs, "json"));
      }
      return report(results, psqlVersion(psql));
    } finally {
      await server.end();
    }
  },
};

/** At least so many values over the real way in; answers the series. */
async function fill(server: Gatehouse, wanted: number): Promise<string[]> {
  const clients = await server.createDevices(DEVICES);
  let stored = 0;
  for (let round = 0; stored < wanted; round++) {
    const { acked } = await flood({
      host: "127.0.0.1",
      port: server.mqttPort,
      clients,
      inFlight: 100,
      seconds: 5,
      messagesPerSecond: 0,
      firstTsMs: Date.now() - 6 * HOUR_MS + round * 300_000,
      reconnect: true,
      qos: 1,
    });
    stored += acked * METRICS.length;
    process.stderr.write(`\r${stored.toLocaleString("en")} values stored      `);
  }
  const database = await openDatabase(server.dataDir);
  await database.query("vacuum analyze telemetry");
  await database.end();
  return clients.flatMap(({ deviceId }) => METRICS.map((metric) => `${deviceId}:${metric}`));
}

interface Measured extends Counted {
  /** Of the server: before the export, and the most while it wrote. */
  readonly beforeBytes: number;
  readonly peakBytes: number;
}

async function download(
  server: Gatehouse,
  refs: readonly string[],
  format: "csv" | "json",
): Promise<Measured> {
  const beforeBytes = pssBytes(server.pid);
  let peakBytes = beforeBytes;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, pssBytes(server.pid));
  }, 100);
  const range = `from=${Date.now() - 12 * HOUR_MS}&to=${Date.now()}`;
  const reply = await fetch(
    `${server.url}/api/v1/telemetry/export?format=${format}&${range}&series=${refs.join(",")}`,
    { headers: { cookie: server.cookie } },
  );
  if (!reply.ok || reply.body === null) throw new Error(`export: ${reply.status} ${await reply.text()}`);
  const counted = await countLines(reply.body);
  clearInterval(watch);
  return { ...counted, beforeBytes, peakBytes };
}

function report(
  { csv, json, psql }: { csv: readonly Measured[]; json: readonly Measured[]; psql: readonly Counted[] },
  peer: string,
) {
  const lines = csv[0]?.lines ?? 0;
  const sameLines = [...csv, ...psql].every((one) => one.lines === lines) && json[0]?.lines === lines - 1;
  if (!sameLines) throw new Error("the exports differ in their number of lines");
  const rate = (some: readonly Counted[]): number => median(some.map((one) => one.lines / one.seconds));
  const megabytes = (some: readonly Counted[]): number =>
    median(some.map((one) => one.bytes / one.seconds / 1e6));
  const all = [...csv, ...json];
  const peakBytes = Math.max(...all.map((one) => one.peakBytes));
  // The first export of a fresh process finds a heap that has not yet been used; the others must not add to it.
  const later = all.filter((one) => one !== csv[0]);
  const grewBytes = Math.max(...later.map((one) => one.peakBytes - one.beforeBytes));
  const pairs = csv.map((one, round) => (psql[round]?.seconds ?? Number.NaN) / one.seconds);
  return {
    figures: {
      values: lines - 1,
      csv_rows_per_s: rate(csv),
      csv_mb_per_s: megabytes(csv),
      json_rows_per_s: rate(json),
      json_mb_per_s: megabytes(json),
      psql_rows_per_s: rate(psql),
      psql_mb_per_s: megabytes(psql),
      server_before_mib: (csv[0]?.beforeBytes ?? Number.NaN) / MIB,
      server_peak_mib: peakBytes / MIB,
      later_exports_grew_mib: grewBytes / MIB,
    },
    ratio: { "csv vs psql": median(pairs) },
    targets: { later_exports_grew_mib: "<= 64" },
    peer,
  };
}
