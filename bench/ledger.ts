import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { silentLogger } from "@gatehouse/base";
import type { ledger, ReplyOf } from "@gatehouse/contract";
import {
  decodeBase64,
  hashLeaf,
  openCheckpoint,
  parseNote,
  parseVerifierKey,
  verifyInclusion,
} from "@gatehouse/ledger";
import type pg from "pg";
import { createPool } from "../apps/server/src/platform/database/index.ts";
import { runningConnection } from "../apps/server/src/platform/database/running-connection.ts";
import { type Gatehouse, startGatehouse } from "../tests/lib/gatehouse.ts";
import { flood } from "./lib/flood.ts";
import type { FloodClient } from "./lib/flood-worker.ts";
import { fillLedger } from "./lib/ledger-fill.ts";
import type { LedgerLoad } from "./lib/ledger-worker.ts";
import { median, quantile } from "./lib/report.ts";
import { verifyInBrowser } from "./lib/verify-in-browser.ts";
import type { Bench } from "./run.ts";

const DEVICES = 100;
const IN_FLIGHT = 100;
const WORKER = fileURLToPath(new URL("./lib/ledger-worker.ts", import.meta.url));
const PROOFS = 500;
/** Answers before the server has compiled what it runs. */
const WARM_UP = 100;
const VERIFIED = 100_000;

type Entry = ReplyOf<typeof ledger.getLedgerEntry>;

export const bench: Bench = {
  describe:
    "durable appends to the audit log beside half of the ingest it can take, proofs at a million entries, and the verification of 100,000 in Chromium [--seconds 20 --entries 1000000 --concurrency 32]",
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: "string", default: "20" },
        entries: { type: "string", default: "1000000" },
        concurrency: { type: "string", default: "32" },
      },
    });
    const [seconds, concurrency] = [Number(values.seconds), Number(values.concurrency)];
    const server = await startGatehouse();
    const connection = await runningConnection(`${server.dataDir}/postgres`);
    const pool = createPool({ connection, log: silentLogger, statementTimeoutMs: 0 });
    try {
      const clients = await server.createDevices(DEVICES);
      const { rows } = await pool.query<{ id: string }>("select id from tenants limit 1");
      const tenantId = rows[0]?.id ?? "";
      const plan = { connection, dataDir: server.dataDir, tenantId, seconds, concurrency };
      await ingest(server, clients, 3, 0);
      const full = await ingest(server, clients, seconds / 2, 0);
      const alone = await appends(plan);
      const [beside, half] = await Promise.all([
        appends(plan),
        ingest(server, clients, seconds, Math.floor(full / 2)),
      ]);
      const { lagMs, missing } = await sequenced(pool, alone.appended + beside.appended);
      await fillLedger(pool, tenantId, Number(values.entries), (done) =>
        process.stderr.write(`\rfilling: ${done.toLocaleString("en")} entries   `),
      );
      await pool.query("vacuum analyze ledger_entries, ledger_tiles");
      const proofs = await timeProofs(server, pool, Number(values.entries));
      await server.kill("SIGTERM");
      const verifiedMs = await verifyInBrowser(VERIFIED);
      return {
        figures: {
          appends_alone_per_s: alone.appended / alone.seconds,
          appends_beside_ingest_per_s: beside.appended / beside.seconds,
          append_p50_ms: median(beside.delaysMs),
          append_p99_ms: quantile(beside.delaysMs, 0.99),
          ingest_full_per_s: full,
          ingest_beside_appends_per_s: half,
          sequenced_after_ms: lagMs,
          entries_missing: missing,
          answer_without_proof_p50_ms: median(proofs.bareMs),
          answer_with_proof_p50_ms: median(proofs.delaysMs),
          answer_with_proof_p99_ms: quantile(proofs.delaysMs, 0.99),
          proof_adds_p50_ms: median(proofs.delaysMs) - median(proofs.bareMs),
          proofs_wrong: proofs.wrong,
          verify_100k_in_chromium_ms: verifiedMs,
        },
        targets: {
          appends_beside_ingest_per_s: ">= 2000",
          entries_missing: "= 0",
          proof_adds_p50_ms: "<= 5",
          proofs_wrong: "= 0",
          verify_100k_in_chromium_ms: "<= 5000",
        },
      };
    } finally {
      await pool.end();
      await server.end();
    }
  },
};

async function appends(plan: object): Promise<LedgerLoad> {
  const child = spawn(process.execPath, ["--no-warnings", WORKER], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(plan));
  return JSON.parse(await text(child.stdout)) as LedgerLoad;
}

/** Acknowledged messages a second; 0 asks for as many as there can be. */
async function ingest(
  server: Gatehouse,
  clients: readonly FloodClient[],
  seconds: number,
  messagesPerSecond: number,
): Promise<number> {
  const report = await flood({
    host: "127.0.0.1",
    port: server.mqttPort,
    clients,
    inFlight: IN_FLIGHT,
    seconds,
    messagesPerSecond,
    firstTsMs: 0,
    stampNow: true,
    reconnect: true,
    qos: 1,
  });
  return report.acked / seconds;
}

/** How long the sequencer takes for what is left, and how many committed entries have no place then. */
async function sequenced(pool: pg.Pool, appended: number): Promise<{ lagMs: number; missing: number }> {
  const beforeMs = performance.now();
  const waiting = async (): Promise<boolean> =>
    (await pool.query("select from ledger_pending limit 1")).rowCount !== 0;
  while (await waiting()) await sleep(20);
  const lagMs = performance.now() - beforeMs;
  const { rows } = await pool.query<{ n: number }>(
    "select count(*)::int as n from ledger_entries where kind = 'device.changed'",
  );
  return { lagMs, missing: appended - (rows[0]?.n ?? 0) };
}

/**
 * Whole answers over HTTP, session and all: the entry, its event, its proof and the checkpoint; and beside each the
 * barest answer that a session gets, so that a slow minute of the machine is told from a slow proof.
 */
async function timeProofs(
  server: Gatehouse,
  pool: pg.Pool,
  entries: number,
): Promise<{ delaysMs: number[]; bareMs: number[]; wrong: number }> {
  // A checkpoint over all of it.
  await server.call("POST", "/api/v1/sites", { name: "Annex", timeZone: "UTC" });
  const head = async () => server.call<ReplyOf<typeof ledger.getLedgerHead>>("GET", "/api/v1/ledger/head");
  while ((await head()).covered < entries) await sleep(100);
  const { rows } = await pool.query<{ event_id: string; index: number }>(
    `select event_id, index from ledger_entries where index in
       (select (random() * $1)::bigint from generate_series(1, $2)) and kind = 'device.changed'`,
    [entries - 1, PROOFS],
  );
  const bareMs: number[] = [];
  const delaysMs: number[] = [];
  const answers: (Entry & { readonly index: number })[] = [];
  for (const { event_id: id, index } of rows) {
    const ask = async (path: string, tookMs: number[]): Promise<unknown> => {
      const beforeMs = performance.now();
      const reply = await fetch(server.url + path, { headers: { cookie: server.cookie } });
      const read = await reply.json();
      tookMs.push(performance.now() - beforeMs);
      return read;
    };
    await ask("/api/v1/auth/me", bareMs);
    const answer = (await ask(`/api/v1/ledger/entries/${id}`, delaysMs)) as Entry;
    answers.push({ ...answer, index });
  }
  // Afterwards: what checking costs here is not the server's.
  const wrong = answers.filter(
    ({ index, event, proof }) => event === undefined || proof === undefined || !isProven(index, event, proof),
  ).length;
  return { delaysMs: delaysMs.slice(WARM_UP), bareMs: bareMs.slice(WARM_UP), wrong };
}

function isProven(index: number, event: string, proof: NonNullable<Entry["proof"]>): boolean {
  const checkpoint = openCheckpoint(parseNote(proof.checkpoint), parseVerifierKey(proof.verifierKey));
  if (checkpoint === undefined) return false;
  return verifyInclusion({
    index,
    size: checkpoint.size,
    root: checkpoint.root,
    leafHash: hashLeaf(Buffer.from(event)),
    proof: proof.hashes.map((hash) => decodeBase64(hash) ?? new Uint8Array()),
  });
}
