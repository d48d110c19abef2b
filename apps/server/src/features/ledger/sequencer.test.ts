import { Secret, systemClock } from "@gatehouse/base";
import {
  consistencyRanges,
  encodeVerifierKey,
  hashesFromTiles,
  hashLeaf,
  inclusionRanges,
  nodesOf,
  openCheckpoint,
  parseNote,
  proveConsistency,
  proveInclusion,
  tileOf,
  tilePath,
  tilesOf,
  verifyConsistency,
  verifyInclusion,
} from "@gatehouse/ledger";
import { virtualClock } from "@gatehouse/testkit";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { logSigner } from "./log-key.ts";
import { LogStore } from "./log-store.ts";
import { type LedgerHouse, ledgerHouse, TENANT } from "./testing/house.ts";

let house: LedgerHouse;
beforeEach(async () => {
  house = await ledgerHouse();
});
afterEach(() => house[Symbol.asyncDispose]());

const entries = () =>
  house.db.selectFrom("ledger_entries").selectAll().orderBy("log_id").orderBy("index").execute();
const texts = async () =>
  (await entries()).map(
    ({ event }) => JSON.parse(Buffer.from(event ?? []).toString()) as { data: { n?: number } },
  );

describe("the sequencer", () => {
  it("begins the log with an entry that says so, once", async () => {
    await house.again().open();
    await house.ledger.flush();
    const all = await entries();
    expect(all.map(({ index, kind }) => [index, kind])).toEqual([[0, "ledger.begun"]]);
  });

  it("gives no place to what was rolled back, and a place without a gap to everything else", async () => {
    const sizes = [1, 3, 7, 260];
    let n = 0;
    for (const size of sizes) {
      for (let at = 0; at < size; at++) {
        await house.record({ data: { n: n++ } });
        if (at % 5 === 0)
          await house.db
            .transaction()
            .execute(async (tx) => {
              await house.ledger.audit.record(tx, { kind: "site.removed", tenantId: TENANT });
              throw new Error("changed its mind");
            })
            .catch(() => undefined);
      }
      await house.ledger.flush();
    }
    const all = await entries();
    expect(all.map(({ index }) => index)).toEqual(Array.from({ length: n + 1 }, (_, at) => at));
    expect((await texts()).slice(1).map(({ data }) => data.n)).toEqual(
      Array.from({ length: n }, (_, at) => at),
    );
  }, 60_000);

  it("keeps what was committed earlier before what began later, however transactions overlap", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("open", "close", "flush"), { maxLength: 30 }),
        async (steps) => {
          const own = await ledgerHouse();
          const open: (() => Promise<void>)[] = [];
          const began: number[] = [];
          const ended = new Map<number, number>();
          let tick = 0;
          for (const step of steps) {
            if (step === "flush") await own.ledger.flush();
            else if (step === "open" && open.length < 5) {
              const n = began.push(tick++) - 1;
              const recorded = Promise.withResolvers<void>();
              const release = Promise.withResolvers<void>();
              const done = own.db.transaction().execute(async (tx) => {
                await own.ledger.audit.record(tx, { kind: "site.changed", tenantId: TENANT, data: { n } });
                recorded.resolve();
                await release.promise;
              });
              await recorded.promise;
              open.push(async () => {
                release.resolve();
                await done;
                ended.set(n, tick++);
              });
            } else await open.splice(tick % Math.max(1, open.length), 1)[0]?.();
          }
          for (const close of open) await close();
          await own.ledger.flush();
          const rows = await own.db
            .selectFrom("ledger_entries")
            .select(["index", "event"])
            .orderBy("index")
            .execute();
          const order = rows
            .slice(1)
            .map(({ event }) => JSON.parse(Buffer.from(event ?? []).toString()).data.n as number);
          expect(rows.map(({ index }) => index)).toEqual(rows.map((_, at) => at));
          expect([...order].sort((a, b) => a - b)).toEqual(began.map((_, at) => at));
          for (const [at, later] of order.entries())
            for (const earlier of order.slice(0, at))
              expect((ended.get(later) as number) > (began[earlier] as number)).toBe(true);
          await own[Symbol.asyncDispose]();
        },
      ),
      { numRuns: 8 },
    );
  }, 60_000);

  it("signs heads that prove every entry and continue each other", async () => {
    const store = new LogStore(house.db);
    for (let round = 0; round < 6; round++) {
      for (let at = 0; at < round * 17; at++) await house.record({ data: { round, at } });
      await house.ledger.flush();
    }
    const log = await store.current();
    if (log === undefined) throw new Error("no log");
    const { key } = logSigner(new Secret(new Uint8Array(32).fill(7)), log.origin);
    expect(encodeVerifierKey(key)).toContain("gatehouse/ledger/");
    const notes = await house.db.selectFrom("ledger_checkpoints").select("note").orderBy("size").execute();
    const heads = notes.map(({ note }) => openCheckpoint(parseNote(note), key));
    expect(heads.map((head) => head?.size)).toEqual([1, 18, 52, 103, 171, 256]);
    const last = heads.at(-1);
    if (last === undefined) throw new Error("not signed by the log");
    const { size, root } = last;
    const hashesFor = async (nodes: Parameters<typeof tilesOf>[0], of: number) => {
      const tiles = await store.tiles(log.id, tilesOf(nodes, of));
      return hashesFromTiles(of, (tile) => tiles.get(tilePath(tile)) as Uint8Array);
    };
    for (const { index, event } of await entries()) {
      const hashAt = await hashesFor(nodesOf(inclusionRanges(index, size)), size);
      const proof = proveInclusion(index, size, hashAt);
      const leafHash = hashLeaf(new Uint8Array(event ?? []));
      expect(verifyInclusion({ index, size, leafHash, root, proof })).toBe(true);
    }
    for (const head of heads) {
      if (head === undefined) throw new Error("not signed by the log");
      const hashAt = await hashesFor(nodesOf(consistencyRanges(head.size, size)), size);
      const proof = proveConsistency(head.size, size, hashAt);
      expect(
        verifyConsistency({ first: head.size, second: size, firstRoot: head.root, secondRoot: root, proof }),
      ).toBe(true);
    }
    expect(tileOf({ level: 0, index: 0 }, size).width).toBe(256);
  }, 60_000);

  it("lets two sequencers work at once and doubles nothing", async () => {
    const other = house.again();
    for (let at = 0; at < 40; at++) {
      await house.record({ data: { n: at } });
      await Promise.all([house.ledger.flush(), other.flush()]);
    }
    expect((await entries()).map(({ index }) => index)).toEqual(Array.from({ length: 41 }, (_, at) => at));
  }, 60_000);
});

describe("a checkpoint", () => {
  const sizes = async (own: LedgerHouse) =>
    (await own.db.selectFrom("ledger_checkpoints").select("size").orderBy("size").execute()).map(
      ({ size }) => size,
    );
  const settled = async (own: LedgerHouse, clock: ReturnType<typeof virtualClock>, ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100);
      await own.ledger.idle();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  it("comes at once for a critical act, and within ten seconds for another", async () => {
    const clock = virtualClock();
    const own = await ledgerHouse(clock);
    await own.ledger.start?.();
    await settled(own, clock, 500);
    expect(await sizes(own)).toEqual([1]);
    await own.record({ kind: "board.changed" });
    await settled(own, clock, 5_000);
    expect(await sizes(own)).toEqual([1]);
    await settled(own, clock, 6_000);
    expect(await sizes(own)).toEqual([1, 2]);
    await own.record({ kind: "key.rotated" });
    await settled(own, clock, 500);
    expect(await sizes(own)).toEqual([1, 2, 3]);
    await settled(own, clock, 30_000);
    expect(await sizes(own)).toEqual([1, 2, 3]);
    await own.ledger.stop?.();
    await own[Symbol.asyncDispose]();
  }, 60_000);

  it("covers everything that was committed when the program stops", async () => {
    const own = await ledgerHouse(systemClock);
    await own.ledger.start?.();
    await own.record({ kind: "board.changed" });
    await own.ledger.stop?.();
    expect((await sizes(own)).at(-1)).toBe(2);
    await own[Symbol.asyncDispose]();
  });
});
