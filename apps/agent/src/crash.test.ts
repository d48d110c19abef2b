import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLAIM_CODE, FakeServer, until } from "@gatehouse/device-client/testing";
import { expect, it } from "vitest";
import { decodeEntry } from "./run/entry.ts";
import { listSegments, readSegment } from "./spool/segment.ts";
import { runCommand, startProcess, writeConfig } from "./testing/agent-process.ts";

const KILLS = 20;

/** Instants of the readings that lie on the disk, sent or not: what counts as collected. */
async function onDisk(folder: string): Promise<number[]> {
  const { segments } = await listSegments(folder);
  const found: number[] = [];
  for (const segment of segments) {
    const { records } = await readSegment(segment.path, 0);
    for (const { payload } of records) {
      const entry = decodeEntry(payload);
      if (entry?.kind === "reading") found.push(entry.wallMs);
    }
  }
  return found;
}

/** Waits until something lies there that was not known; all of it counts as collected. */
async function untilMore(folder: string, collected: Set<number>): Promise<void> {
  const known = collected.size;
  while (collected.size === known) {
    // What was sent goes away while it is read.
    for (const ts of await onDisk(folder).catch(() => [])) collected.add(ts);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it("loses no reading that was on the disk, killed twenty times while it measures and sends", async () => {
  const folder = mkdtempSync(join(tmpdir(), "agent-crash-"));
  const stateDir = join(folder, "state");
  const server = await new FakeServer().start();
  writeConfig(stateDir, { intervalSeconds: 1 });
  await runCommand(["enrol", server.url, CLAIM_CODE, "--state-dir", stateDir]);
  const collected = new Set<number>();
  const received = (): number[] =>
    server.taken
      .flatMap(({ value }) => (Array.isArray(value) ? value : [value]) as { ts: number; values?: object }[])
      .filter(({ values }) => values !== undefined)
      .map(({ ts }) => ts);

  for (let kill = 0; kill < KILLS; kill++) {
    const agent = startProcess(stateDir);
    await until("it works", () => agent.logged("agent.started"));
    // Anywhere in the first moments: while it opens, measures, connects, sends, is acknowledged.
    await new Promise((resolve) => setTimeout(resolve, (kill * 97) % 700));
    if (kill % 2 === 1) await untilMore(join(stateDir, "spool"), collected);
    if (kill % 5 === 3) server.dropConnections();
    await agent.kill("SIGKILL");
    for (const ts of await onDisk(join(stateDir, "spool"))) collected.add(ts);
  }
  const last = startProcess(stateDir);
  await until("everything is sent", () => {
    const have = new Set(received());
    return [...collected].every((ts) => have.has(ts));
  });
  expect(collected.size).toBeGreaterThanOrEqual(KILLS / 2);
  await until("it works", () => last.logged("agent.started"));
  await last.kill("SIGTERM");
  expect(await last.exited).toBe(0);

  // Told apart by their instant, as the history does, each is there once; and the copies of one are equal.
  const byTime = new Map<number, string>();
  for (const { value } of server.taken) {
    for (const item of (Array.isArray(value) ? value : [value]) as { ts: number; values?: object }[]) {
      if (item.values === undefined) continue;
      const known = byTime.get(item.ts);
      expect(known ?? JSON.stringify(item.values)).toBe(JSON.stringify(item.values));
      byTime.set(item.ts, JSON.stringify(item.values));
    }
  }
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}, 180_000);
