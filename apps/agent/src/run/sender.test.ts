import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError, seededRandom, silentLogger } from "@gatehouse/base";
import type { OutgoingMessage, Receipt } from "@gatehouse/device-client";
import { virtualClock } from "@gatehouse/testkit";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Spool } from "../spool/spool.ts";
import { encodeEntry } from "./entry.ts";
import { Sender } from "./sender.ts";
import { TimeKeeper } from "./time-keeper.ts";

const START_MS = Date.UTC(2026, 6, 1);
const RECORDS = 60;

/** What the server does with one message. */
type Fate = "stored" | "lost" | "unheard" | "busy" | "refuses one";
const fates = fc.array(fc.constantFrom<Fate>("stored", "stored", "lost", "unheard", "busy", "refuses one"), {
  maxLength: 40,
});

/** Sends until the store is empty; the server takes and answers as told, and at the end everything. */
async function drain(
  script: readonly Fate[],
): Promise<{ taken: number[]; refused: Set<number>; given: number }> {
  const folder = mkdtempSync(join(tmpdir(), "sender-"));
  const clock = virtualClock(START_MS);
  const time = new TimeKeeper(clock, { bootId: "boot", uptimeMs: () => clock.monotonicMs() });
  const spool = await Spool.open({ folder, capBytes: 4 * 1024 * 1024, flushMs: 60_000, clock });
  for (let i = 0; i < RECORDS; i++) {
    const at = { wallMs: START_MS - RECORDS + i, uptimeMs: 0, bootId: "boot" };
    await spool.append(encodeEntry({ kind: "reading", ...at, values: { load1: i } }));
  }
  const taken: number[] = [];
  const refused = new Set<number>();
  const fate = script.values();

  const send = async ({ payload }: OutgoingMessage): Promise<Receipt> => {
    const body = JSON.parse(Buffer.from(payload).toString());
    const loads: number[] = (Array.isArray(body) ? body : [body]).map(({ values }) => values.load1);
    const now = fate.next().value ?? "stored";
    if (now === "lost") throw new AppError("url.unreachable");
    if (now === "busy") return { result: "refused", code: "server.busy" };
    const first = loads[0] as number;
    if (now === "refuses one" && !taken.includes(first)) refused.add(first);
    taken.push(...loads.filter((load) => !refused.has(load)));
    if (now === "unheard") throw new AppError("url.unreachable");
    return loads.some((load) => refused.has(load))
      ? { result: "refused", code: "message.out_of_range" }
      : { result: "stored" };
  };
  const sender = new Sender({
    spool,
    channel: { send, isConnected: true },
    time,
    clock,
    random: seededRandom(1),
    log: silentLogger,
  });
  sender.start();
  while (spool.stats.depth > 0) await clock.advanceAsync(1_000);
  await sender.stop();
  await spool.close();
  rmSync(folder, { recursive: true, force: true });
  return { taken, refused, given: sender.refusedCount };
}

it("loses no reading but those refused for good, and keeps their order, whatever becomes of the messages", async () => {
  await fc.assert(
    fc.asyncProperty(fates, async (script) => {
      const { taken, refused, given } = await drain(script);
      const expected = Array.from({ length: RECORDS }, (_, i) => i).filter((i) => !refused.has(i));
      const firsts = [...new Set(taken)];
      expect(firsts).toEqual(expected);
      expect(given).toBe(refused.size);
    }),
    { numRuns: 40 },
  );
});

it("sends each once when nothing goes wrong", async () => {
  const { taken } = await drain([]);
  expect(taken).toEqual(Array.from({ length: RECORDS }, (_, i) => i));
});
