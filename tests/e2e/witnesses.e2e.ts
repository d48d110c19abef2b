import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type AgentProcess,
  runCommand,
  startProcess,
  writeConfig,
} from "../../apps/agent/src/testing/agent-process.ts";
import { runningConnection } from "../../apps/server/src/platform/database/running-connection.ts";
import { encodeEvent, hashLeaf, verifyEvidence } from "../../packages/ledger/src/index.ts";
import { openZip } from "../../packages/verifier/src/index.ts";
import { fetchAgain } from "../lib/ask-again.ts";
import { accessibilityFaults, openBrowser, useSession, watchFaults } from "../lib/browser.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import { until } from "../lib/until.ts";
import { DESKTOP, PHONE } from "../lib/visitor.ts";

// A gateway's machine and a second installation watch the log while somebody with the database's password changes it.

const TABLES = ["logs", "entries", "tiles", "checkpoints", "cosignatures"] as const;
const AGENT = "cellar-gateway";

interface Listed {
  readonly ownKey: string;
  readonly witnesses: readonly {
    readonly id: string;
    readonly kind: string;
    readonly state: string;
    readonly reason?: string;
    readonly last?: { readonly size: number };
  }[];
  readonly witnessed: readonly { readonly id: string; readonly refusal?: string }[];
}
interface Need {
  readonly kind: string;
  readonly severity: string;
  readonly text?: string;
}

let server: Gatehouse;
let neighbour: Gatehouse;
let database: pg.Client;
let agent: AgentProcess;
let folder: string;
let stateDir: string;
let cookie: string;
let browser: Browser;

const run = (statement: string) => database.query(statement);

const listed = (of = server) => of.call<Listed>("GET", "/api/v1/ledger/witnesses");
const needs = async () =>
  (await server.call<{ needsYou: Need[] }>("GET", "/api/v1/overview")).needsYou.filter(({ kind }) =>
    kind.startsWith("witness"),
  );
const act = (name: string) => server.call("POST", "/api/v1/sites", { name, timeZone: "UTC" });

/** As the owner, whose cookies change when they confirm who they are. */
async function post(path: string, body: object, method = "POST"): Promise<Response> {
  const reply = await fetchAgain(`${server.url}/api/v1${path}`, {
    method,
    headers: { "content-type": "application/json", cookie, origin: server.url },
    body: JSON.stringify(body),
  });
  const renewed = reply.headers.getSetCookie().map((line) => (line.split(";")[0] ?? "").split(/=(.*)/s));
  const jar = new Map([...cookie.split("; ").map((pair) => pair.split(/=(.*)/s)), ...renewed] as [
    string,
    string,
  ][]);
  cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  return reply;
}

/** The zip of the whole log; whoever makes it asks the witnesses first. */
async function exported(): Promise<Uint8Array> {
  const reply = await post("/ledger/export", { reveal: false });
  if (!reply.ok) throw new Error(`export: ${await reply.text()}`);
  return new Uint8Array(await reply.arrayBuffer());
}

/** What the verifier says is wrong, with the index. */
async function problems(): Promise<string[]> {
  const opened = openZip(await exported());
  if (opened.state !== "complete") throw new Error(opened.state);
  return verifyEvidence(opened.files).problems.map(({ kind, index }) => `${index} ${kind}`);
}

/** How the witnesses stand once they were asked, by kind. */
async function standings(wanted: string): Promise<void> {
  await until(wanted, async () => {
    const { witnesses } = await listed();
    const all = witnesses.map(({ kind, state, reason }) => `${kind} ${state}${reason ? ` ${reason}` : ""}`);
    return all.sort().join(", ") === wanted;
  });
}

/** A copy of the log's tables as they are at one moment; put back when called, while the server can add nothing. */
async function keep(schema: string): Promise<() => Promise<void>> {
  await run(`drop schema if exists ${schema} cascade; create schema ${schema}`);
  await run("begin isolation level repeatable read");
  for (const table of TABLES) await run(`create table ${schema}.${table} as table ledger_${table}`);
  await run("commit");
  return async () => {
    await run("begin; lock table ledger_logs in access exclusive mode");
    for (const table of [...TABLES].reverse()) await run(`delete from ledger_${table}`);
    await run(`insert into ledger_logs overriding system value select * from ${schema}.logs`);
    for (const table of TABLES.slice(1))
      await run(`insert into ledger_${table} select * from ${schema}.${table}`);
    await run("commit");
  };
}

/** An act that nobody did, waiting for its place as every act does. */
async function forge(time: string): Promise<void> {
  const [kind, actor, id] = ["site.changed", { kind: "system", id: "system" }, randomUUID()];
  const event = encodeEvent({
    ...{ v: 1, id, time, tenant: null, kind, actor, subject: null },
    ...{ outcome: "done", data: {}, personal: {} },
  });
  await database.query(
    `insert into ledger_pending (event_id, kind, outcome, actor_kind, actor_id, at, event, leaf_hash)
     values ($1, $2, 'done', $3, $4, $5, $6, $7)`,
    [id, kind, actor.kind, actor.id, time, Buffer.from(event), Buffer.from(hashLeaf(event))],
  );
}

beforeAll(async () => {
  server = await startGatehouse();
  neighbour = await startGatehouse();
  browser = await openBrowser();
  cookie = server.cookie;
  const unconfirmed = await post("/ledger/witnesses", {
    url: "https://w.example",
    verifierKey: "k".repeat(40),
  });
  expect([unconfirmed.status, await unconfirmed.json()]).toMatchObject([
    403,
    { code: "auth.step_up_required" },
  ]);
  const confirmed = await post("/auth/step-up", {
    factor: "password",
    password: "plum-harbour-tunnel-49-otter",
  });
  expect(confirmed.status).toBe(200);
  database = new pg.Client(await runningConnection(join(server.dataDir, "postgres")));
  await database.connect();
  folder = mkdtempSync(join(tmpdir(), "witnesses-"));
  stateDir = join(folder, "agent");
  const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  const body = { name: AGENT, typeId: "site-gateway", siteId: items[0]?.id };
  const { claim } = await server.call<{ claim: { code: string } }>("POST", "/api/v1/devices", body);
  writeConfig(stateDir, { intervalSeconds: 3600 });
  const enrolled = await runCommand(["enrol", server.url, claim.code, "--state-dir", stateDir, "--json"]);
  expect(enrolled.code, enrolled.stdout).toBe(0);
  agent = startProcess(stateDir);
  const { verifierKey } = await server.call<{ verifierKey: string }>("GET", "/api/v1/ledger/head");
  await neighbour.call("POST", "/api/v1/ledger/witnessed", { verifierKey });
  await server.call("POST", "/api/v1/ledger/witnesses", {
    url: `${neighbour.url}/ledger/witness`,
    verifierKey: (await listed(neighbour)).ownKey,
  });
  await until("both are witnesses", async () => (await listed()).witnesses.length === 2);
}, 480_000);
afterAll(async () => {
  await agent?.kill("SIGKILL");
  await database?.end();
  await browser?.close();
  await Promise.all([server?.end(), neighbour?.end()]);
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test("a changed, a deleted and two swapped events are named by index; a log cut short and an old backup are refused", async () => {
  for (let n = 0; n < 8; n++) await act(`before ${n}`);
  expect(await problems()).toEqual([]);
  await standings("gateway ok, installation ok");
  const backToOld = await keep("old");
  for (let n = 0; n < 8; n++) await act(`after ${n}`);
  expect(await problems()).toEqual([]);
  await standings("gateway ok, installation ok");
  await expect.poll(needs).toEqual([]);

  // As somebody with the database's password; each is undone again.
  await keep("now");
  const undo = async (...indexes: number[]) => {
    await run(`delete from ledger_entries where index in (${indexes.join()})`);
    await run(`insert into ledger_entries select * from now.entries where index in (${indexes.join()})`);
  };
  await run("update ledger_entries set event = overlay(event placing 'X' from 60) where index = 7");
  expect(await problems()).toEqual(["7 changed"]);
  await undo(7);
  await run("delete from ledger_entries where index = 9");
  expect(await problems()).toEqual(["9 missing"]);
  await undo(9);
  await run("update ledger_entries set index = case index when 4 then -1 else 4 end where index in (4, 11)");
  await run("update ledger_entries set index = 11 where index = -1");
  expect(new Set(await problems())).toEqual(new Set(["4 swapped", "11 swapped"]));
  await undo(4, 11);
  expect(await problems()).toEqual([]);
  await standings("gateway ok, installation ok");
  const backToNow = await keep("now");

  // The log is cut short, with a head of its own that its key signed before: nothing in it is wrong.
  await run("begin; lock table ledger_logs in access exclusive mode");
  await run("delete from ledger_cosignatures where size > (select max(size) from old.checkpoints)");
  await run("delete from ledger_entries where index >= (select size from old.logs)");
  await run("delete from ledger_checkpoints where size > (select max(size) from old.checkpoints)");
  await run(
    "update ledger_logs l set size = o.size, frontier = o.frontier from old.logs o where o.id = l.id",
  );
  await run("delete from ledger_tiles; insert into ledger_tiles select * from old.tiles; commit");
  const refused = "gateway refused size_shrank, installation refused size_shrank";
  // The export's own entry makes it grow by one: still shorter than what was seen.
  expect(await problems()).toEqual([]);
  await standings(refused);
  await expect.poll(needs).toMatchObject([
    { kind: "witness_refused", severity: "critical" },
    { kind: "witness_refused", severity: "critical", text: expect.any(String) },
  ]);
  expect((await needs()).map(({ text }) => text)).toContain(AGENT);
  const status = JSON.parse((await runCommand(["status", "--state-dir", stateDir, "--json"])).stdout);
  // Beside who exports, the server asks by itself every now and then.
  expect(status).toMatchObject({ witness: "refuses: size_shrank" });
  expect(status.witnessRefused).toBeGreaterThanOrEqual(1);
  const [evidence] = JSON.parse(readFileSync(join(stateDir, "witness-evidence.json"), "utf8"));
  expect(evidence).toMatchObject({
    reason: "size_shrank",
    keptCheckpoint: expect.stringContaining("ledger/"),
  });
  await until("its log says so", async () => agent.logged("witness.refused"));
  await backToNow();
  await exported();
  await standings("gateway ok, installation ok");
  await expect.poll(needs).toEqual([]);

  // With the database's password an entry is put where the server finds and signs it: it says that it is of yesterday.
  const before = await server.call<{ size: number }>("GET", "/api/v1/ledger/head");
  await forge(new Date(Date.now() - 86_400_000).toISOString());
  const [found = "", ...others] = await problems();
  expect(others).toEqual([]);
  expect(found).toMatch(/^\d+ back_dated$/);
  expect(Number.parseInt(found, 10)).toBeGreaterThanOrEqual(before.size);

  // An old backup is put back by hand, and the log grows another past until it is longer than before.
  await backToOld();
  for (let n = 0; n < 30; n++) await act(`forged ${n}`);
  expect(await problems()).toEqual([]);
  await standings("gateway refused proof_wrong, installation refused proof_wrong");
  await expect.poll(needs).toHaveLength(2);
  const { items } = await server.call<{ items: { reason: string; kept: string; offered: string }[] }>(
    "GET",
    "/api/v1/ledger/contradictions",
  );
  expect(items[0]?.reason).toBe("proof_wrong");
  expect(new Set(items.map(({ reason }) => reason))).toEqual(new Set(["proof_wrong", "size_shrank"]));
  for (const { kept, offered } of items)
    expect([kept, offered]).toEqual(Array(2).fill(expect.stringMatching(/\n— /)));
  const [seen] = (await listed(neighbour)).witnessed;
  expect(seen).toMatchObject({ refusal: "proof_wrong" });
}, 480_000);

test.each([
  ["en", DESKTOP, "light"],
  ["fr", PHONE, "dark"],
] as const)(
  "the page of witnesses says who refuses and shows both statements: %s",
  async (language, viewport, theme) => {
    const changed = await post("/auth/me", { theme, language }, "PATCH");
    expect(changed.status).toBe(200);
    const context = await browser.newContext({ viewport, acceptDownloads: true, reducedMotion: "reduce" });
    const faults = await watchFaults(context, [503]);
    await useSession(context, server.url, cookie);
    const page = await context.newPage();
    await page.goto(`${server.url}/audit/witnesses`);
    const isEnglish = language === "en";
    const title = isEnglish ? "2 witnesses refuse this log." : "2 témoins refusent ce journal.";
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
    await page.getByText(AGENT).first().waitFor();
    const download = page.waitForEvent("download");
    const word = isEnglish ? "Download the evidence" : "Télécharger la preuve";
    await page.getByRole("button", { name: word }).first().click();
    const saved = JSON.parse(readFileSync(await (await download).path(), "utf8"));
    expect(saved).toMatchObject({
      reason: "proof_wrong",
      kept: expect.any(String),
      offered: expect.any(String),
    });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(viewport.width);
    expect(await accessibilityFaults(page)).toEqual([]);
    if (isEnglish) {
      await page.goto(server.url);
      await page.getByText(`The witness ${AGENT} refuses the audit log`).waitFor();
      await page.goto(`${server.url}/audit`);
      await page.getByText("A witness refuses this log.").waitFor();
    }
    expect(faults).toEqual([]);
    await context.close();
  },
  120_000,
);
