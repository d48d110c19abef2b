import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { virtualClock } from "@gatehouse/testkit";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeRecord, scanRecords } from "./record.ts";
import { Spool } from "./spool.ts";

const text = (number: number, length = 20): Uint8Array => Buffer.from(String(number).padEnd(length, "."));
const numberOf = (payload: Uint8Array): number => Number.parseInt(Buffer.from(payload).toString(), 10);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spool-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (settings: { capBytes?: number; flushMs?: number } = {}): Promise<Spool> =>
  Spool.open({ folder, capBytes: 4 * 1024 * 1024, flushMs: 0, clock: virtualClock(), ...settings });

async function drain(spool: Spool, upTo = Infinity): Promise<number[]> {
  const seen: number[] = [];
  for (;;) {
    const records = await spool.peek(7, 4_096);
    const last = records.at(-1);
    if (last === undefined || seen.length >= upTo) return seen;
    seen.push(...records.map(({ payload }) => numberOf(payload)));
    await spool.acknowledge(last.number);
  }
}

const segments = (): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".seg"))
    .sort();
const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe("the store", () => {
  it("gives back what was put in, in order, and then nothing", async () => {
    const spool = await open();
    const given = await Promise.all(numbers(1, 1_000).map((number) => spool.append(text(number))));
    expect(given).toEqual(numbers(1, 1_000));
    expect(spool.stats.depth).toBe(1_000);
    expect(await drain(spool)).toEqual(numbers(1, 1_000));
    expect(spool.stats.depth).toBe(0);
    await spool.close();
  });

  it("gives a record again until it is acknowledged, also after a restart", async () => {
    const first = await open();
    for (const number of numbers(1, 30)) await first.append(text(number));
    await first.acknowledge(10);
    expect((await first.peek(3, 4_096)).map(({ number }) => number)).toEqual([11, 12, 13]);
    expect((await first.peek(3, 4_096)).map(({ number }) => number)).toEqual([11, 12, 13]);
    await first.close();
    const second = await open();
    expect(second.stats.depth).toBe(20);
    expect(await drain(second)).toEqual(numbers(11, 30));
    expect(await second.append(text(31))).toBe(31);
    await second.close();
  });

  it("sends again what was acknowledged since the head was written, and loses nothing, when it is killed", async () => {
    const first = await open();
    for (const number of numbers(1, 30)) await first.append(text(number));
    // The head is written with the first seven; the clock stands still, so not again.
    await drain(first);
    // No close: the process is gone.
    const second = await open();
    expect(await drain(second)).toEqual(numbers(8, 30));
    await second.close();
    await first.close();
  });

  it("removes files that are sent, and stays below its cap by giving up the oldest, counted", async () => {
    const spool = await open({ capBytes: 256 * 1024 });
    for (const number of numbers(1, 2_000)) await spool.append(text(number, 200));
    const { sizeBytes, droppedCount, depth } = spool.stats;
    expect(sizeBytes).toBeLessThanOrEqual(256 * 1024);
    const onDisk = segments().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    expect(onDisk).toBe(sizeBytes);
    expect(droppedCount).toBeGreaterThan(0);
    expect(droppedCount + depth).toBe(2_000);
    expect(await drain(spool)).toEqual(numbers(droppedCount + 1, 2_000));
    expect(segments()).toHaveLength(1);
    await spool.close();
    const again = await open({ capBytes: 256 * 1024 });
    expect(again.stats.droppedCount).toBe(droppedCount);
    await again.close();
  });

  it("keeps records that come while others are read and acknowledged", async () => {
    const spool = await open({ capBytes: 8 * 1024 * 1024 });
    const seen: number[] = [];
    const write = (async () => {
      for (const number of numbers(1, 1_000)) await spool.append(text(number, 100));
    })();
    while (seen.length < 1_000) seen.push(...(await drain(spool, 50)));
    await write;
    expect(seen).toEqual(numbers(1, 1_000));
    await spool.close();
  });

  it("refuses a record that is too large, and goes on", async () => {
    const spool = await open();
    await expect(spool.append(new Uint8Array(16 * 1024 + 1))).rejects.toMatchObject({
      code: "message.too_large",
    });
    expect(await spool.append(text(1))).toBe(1);
    await spool.close();
  });

  it("loses with a cut tail only the record that was cut, wherever the cut is", async () => {
    const source = await open();
    for (const number of numbers(1, 20)) await source.append(text(number, 20 + number));
    await source.close();
    const [name] = segments() as [string];
    const whole = readFileSync(join(folder, name));
    for (let length = 0; length <= whole.length; length += 7) {
      writeFileSync(join(folder, name), whole);
      truncateSync(join(folder, name), length);
      const spool = await open();
      const kept = scanRecords(whole.subarray(0, length)).records.length;
      expect(await drain(spool)).toEqual(numbers(1, kept));
      expect(await spool.append(text(99))).toBe(kept + 1);
      expect(await drain(spool)).toEqual([99]);
      await spool.close();
      rmSync(join(folder, "head.json"));
    }
  });

  it("survives any bytes in its head, by sending again", async () => {
    const first = await open();
    for (const number of numbers(1, 5)) await first.append(text(number));
    await drain(first);
    await first.close();
    for (const garbage of ["", "{", "null", '{"crc":0,"head":{"ackedNumber":5}}', "\0\0\0"]) {
      writeFileSync(join(folder, "head.json"), garbage);
      const spool = await open();
      expect(await drain(spool)).toEqual(numbers(1, 5));
      await spool.close();
    }
  });
});

describe("a segment", () => {
  const bytes = Buffer.concat(
    numbers(1, 40).map((number) => encodeRecord({ number, payload: text(number, number * 5) })),
  );

  it("gives every record but those that damage hits, wherever and whatever it is", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        (hits) => {
          const damaged = Buffer.from(bytes);
          for (const [at, mask] of hits) damaged[at] = (damaged[at] as number) ^ mask;
          const { records } = scanRecords(damaged);
          for (const { number, payload } of records) expect(numberOf(payload)).toBe(number);
          expect(records.length).toBeGreaterThanOrEqual(40 - hits.length);
          expect(records.map(({ number }) => number)).toEqual(
            [...records.map(({ number }) => number)].sort((a, b) => a - b),
          );
        },
      ),
      { numRuns: 1_000 },
    );
  });

  /** How many bytes are as they were written: what follows a cut can happen to be the same. */
  const commonBytes = (cut: Buffer): number => {
    const other = bytes.findIndex((byte, at) => byte !== cut[at]);
    return other === -1 ? bytes.length : other;
  };

  it("gives every whole record before a cut, whatever follows it", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.uint8Array({ maxLength: 200 }), (length, garbage) => {
        const cut = Buffer.concat([bytes.subarray(0, length), garbage]);
        const whole = scanRecords(bytes.subarray(0, commonBytes(cut))).records.map(({ number }) => number);
        expect(scanRecords(cut).records.map(({ number }) => number)).toEqual(whole);
      }),
      { numRuns: 1_000 },
    );
  });

  it("is read as nothing when it is anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (garbage) => {
        expect(scanRecords(Buffer.from(garbage)).records).toEqual([]);
      }),
    );
  });
});
