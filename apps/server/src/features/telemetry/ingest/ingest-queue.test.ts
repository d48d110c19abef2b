import { type AppError, silentLogger, systemClock } from "@gatehouse/base";
import type { Reading } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { createBus } from "../../../platform/bus/bus.ts";
import type { BatchWriter } from "./batch-writer.ts";
import { Ingest } from "./ingest.ts";

const reading = (i: number): Reading => ({
  tenantId: "t",
  deviceId: "d",
  typeId: "x",
  tsMs: Date.now(),
  receivedMs: i,
  numbers: [["n", i]],
  states: [],
});

test("a full queue takes nothing, and takes again when it has been answered", async () => {
  let release: () => void = () => {};
  const stuck = new Promise<void>((resolve) => {
    release = resolve;
  });
  const writer = { write: () => stuck } as unknown as BatchWriter;
  const ingest = new Ingest({
    writer,
    clock: systemClock,
    log: silentLogger,
    bus: createBus(silentLogger),
    maxPastDays: () => 1,
  });
  let taken = 0;
  while (ingest.submit(reading(taken), () => {})) taken++;
  expect(taken).toBe(60_000);
  expect(ingest.queued).toBe(60_000);
  release();
  await ingest.flush();
  expect(ingest.queued).toBe(0);
  expect(ingest.submit(reading(0), () => {})).toBe(true);
});

test("large readings fill the queue by their bytes", () => {
  const writer = { write: () => new Promise<void>(() => {}) } as unknown as BatchWriter;
  const ingest = new Ingest({
    writer,
    clock: systemClock,
    log: silentLogger,
    bus: createBus(silentLogger),
    maxPastDays: () => 1,
  });
  const large: Reading = {
    ...reading(0),
    states: Array.from({ length: 64 }, (_, i) => [`s${i}`, "x".repeat(1024)]),
  };
  let taken = 0;
  while (ingest.submit(large, () => {})) taken++;
  expect(taken).toBeLessThan(1000);
});

test("stopping answers what is left and takes no more", async () => {
  const writer = { write: () => new Promise<void>(() => {}) } as unknown as BatchWriter;
  const clock = { ...systemClock, after: (_: number, run: () => void) => systemClock.after(1, run) };
  const ingest = new Ingest({
    writer,
    clock,
    log: silentLogger,
    bus: createBus(silentLogger),
    maxPastDays: () => 1,
  });
  ingest.submit(reading(0), () => {});
  await new Promise((resolve) => setImmediate(resolve));
  const answer = new Promise<AppError | undefined>((resolve) => ingest.submit(reading(1), resolve));
  await ingest.stop();
  expect((await answer)?.code).toBe("server.stopping");
  expect(ingest.submit(reading(2), () => {})).toBe(false);
});
