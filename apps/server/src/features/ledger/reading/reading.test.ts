import { isAppError, silentLogger } from "@gatehouse/base";
import { ledger } from "@gatehouse/contract";
import {
  decodeBase64,
  hashLeaf,
  openCheckpoint,
  parseNote,
  parseVerifierKey,
  verifyConsistency,
  verifyInclusion,
} from "@gatehouse/ledger";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { askedBy } from "../../../platform/audit/index.ts";
import { mount } from "../../../platform/http/mount.ts";
import { createHttpServer } from "../../../platform/http/server.ts";
import { testGates } from "../../../platform/http/testing/gates.ts";
import { type LedgerHouse, ledgerHouse, OTHER_TENANT, PERSON, TENANT } from "../testing/house.ts";

let house: LedgerHouse;
beforeEach(async () => {
  house = await ledgerHouse();
});
afterEach(() => house[Symbol.asyncDispose]());

type Call = { query?: object; params?: object; tenantId?: string };

// biome-ignore lint/suspicious/noExplicitAny: a reply, looked at field by field
type Reply = any;

/** As the mounted route answers. */
function ask(
  endpoint: { readonly path: string },
  { query = {}, params = {}, tenantId = TENANT }: Call = {},
): Promise<Reply> {
  const found = house.ledger.routes?.find((route) => route.endpoint.path === endpoint.path);
  if (found === undefined) throw new Error(`no route ${endpoint.path}`);
  return found.handler({
    principal: { tenantId, permissions: new Map([["ledger.read", "all"]]) },
    query,
    params,
    request: { params },
  });
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) => (isAppError(error) ? error.code : error),
  );
const fromBase64 = (text: string): Uint8Array => decodeBase64(text) ?? new Uint8Array();

async function fill(count: number): Promise<void> {
  for (let n = 0; n < count; n++)
    await house.record({
      subject: { kind: "site", id: `s${n % 3}` },
      data: { n },
      tenantId: n % 5 === 4 ? OTHER_TENANT : TENANT,
    });
  await house.ledger.flush();
}

describe("the list of entries", () => {
  it("pages in both directions without a gap or a repetition", async () => {
    await fill(30);
    const seen: number[] = [];
    let older: string | undefined;
    let last: { newer?: string; items: ledger.LedgerEntry[] } | undefined;
    do {
      const page = await ask(ledger.listLedgerEntries, {
        query: { limit: "7", ...(older ? { before: older } : {}) },
      });
      seen.push(...page.items.map(({ index }: ledger.LedgerEntry) => index));
      older = page.older;
      last = page;
    } while (older !== undefined);
    const mine = Array.from({ length: 31 }, (_, index) => index).filter(
      (index) => index % 5 !== 0 || index === 0,
    );
    expect(seen).toEqual(mine.toReversed());
    const back: number[] = [];
    let newer = last?.newer;
    while (newer !== undefined) {
      const page = await ask(ledger.listLedgerEntries, { query: { limit: "7", after: newer } });
      back.unshift(...page.items.map(({ index }: ledger.LedgerEntry) => index));
      newer = page.newer;
    }
    expect([...back, ...(last?.items ?? []).map(({ index }) => index)]).toEqual(seen);
  }, 60_000);

  it("narrows by kind, outcome, subject, time, index and person", async () => {
    const asker = {
      actor: { kind: "person", id: PERSON, tenantId: TENANT } as const,
      address: "2001:db8::7",
      client: undefined,
      recorded: new Set<never>(),
    };
    await fill(10);
    await askedBy(asker, () =>
      house.record({
        kind: "login.refused",
        outcome: "refused",
        personal: { email: "Ann.Archer@example.org" },
      }),
    );
    await house.record({ kind: "person.approved", subject: { kind: "person", id: PERSON } });
    await house.ledger.flush();
    const indexes = async (query: object, tenantId = TENANT): Promise<number[]> =>
      (await ask(ledger.listLedgerEntries, { query, tenantId })).items.map(
        ({ index }: ledger.LedgerEntry) => index,
      );
    expect(await indexes({ kind: "login.refused,person.approved" })).toEqual([12, 11]);
    expect(await indexes({ outcome: "refused" })).toEqual([11]);
    expect(await indexes({ subject: "s1" })).toEqual([8, 2]);
    expect(await indexes({ actor: PERSON })).toEqual([11]);
    expect(await indexes({ about: PERSON })).toEqual([12, 11]);
    expect(await indexes({ fromIndex: "6", toIndex: "8" })).toEqual([8, 7, 6]);
    expect(await indexes({ to: "0" })).toEqual([]);
    for (const q of ["archer", "ANN.ARCHER@example.org", "example archer", "2001:db8::7"])
      expect(await indexes({ q })).toEqual([11]);
    expect(await indexes({ q: "arch" })).toEqual([]);
    expect(await indexes({ q: "archer" }, OTHER_TENANT)).toEqual([]);
    const { items } = await ask(ledger.listLedgerEntries, { query: { about: PERSON } });
    expect(items[1].act).toMatchObject({
      actor: { kind: "person", id: PERSON, name: "Ada" },
      personal: { email: "Ann.Archer@example.org", address: "2001:db8::7" },
    });
  }, 60_000);

  it("shows nothing of other organisations, and the installation's own entries to its host alone", async () => {
    await fill(10);
    const kinds = (page: { items: ledger.LedgerEntry[] }) => page.items.map(({ act }) => act?.kind);
    expect(kinds(await ask(ledger.listLedgerEntries))).toContain("ledger.begun");
    const theirs = await ask(ledger.listLedgerEntries, { tenantId: OTHER_TENANT });
    expect(kinds(theirs)).toEqual(["site.changed", "site.changed"]);
    const [mine] = (await ask(ledger.listLedgerEntries)).items;
    expect(
      await codeOf(ask(ledger.getLedgerEntry, { params: { eventId: mine.id }, tenantId: OTHER_TENANT })),
    ).toBe("ledger.entry_not_found");
    const range = await ask(ledger.readLedgerRange, {
      query: { from: "0", to: "11" },
      tenantId: OTHER_TENANT,
    });
    expect(range.items.filter(({ event }: { event?: string }) => event !== undefined)).toHaveLength(2);
    expect(range.items).toHaveLength(11);
  });
});

describe("a proof", () => {
  it("leads from the event as it was hashed to the signed checkpoint, by public means", async () => {
    await fill(300);
    const key = parseVerifierKey((await ask(ledger.getLedgerKey)).trim());
    const { items } = await ask(ledger.listLedgerEntries, { query: { limit: "3", toIndex: "257" } });
    for (const { id, index } of items) {
      const { event, proof } = await ask(ledger.getLedgerEntry, { params: { eventId: id } });
      const head = openCheckpoint(parseNote(proof.checkpoint), key);
      expect(head?.size).toBe(proof.size);
      const claim = {
        index,
        size: proof.size,
        root: head?.root as Uint8Array,
        leafHash: hashLeaf(Buffer.from(event)),
        proof: proof.hashes.map(fromBase64),
      };
      expect(verifyInclusion(claim)).toBe(true);
      expect(verifyInclusion({ ...claim, leafHash: hashLeaf(Buffer.from(`${event} `)) })).toBe(false);
    }
    expect(await ask(ledger.getLedgerCheckpoint)).toContain(`\n301\n`);
    expect(await ask(ledger.getLedgerTile, { params: { "*": "0/000" } })).toHaveLength(256 * 32);
    expect(await ask(ledger.getLedgerTile, { params: { "*": "0/001.p/40" } })).toHaveLength(40 * 32);
    for (const path of ["0/001", "0/001.p/46", "entries/000", "../x", "9/000", "0/0"])
      expect(await codeOf(ask(ledger.getLedgerTile, { params: { "*": path } }))).toBe("request.not_found");
  }, 60_000);

  it("of consistency holds between any two sizes and is refused beyond the end", async () => {
    await fill(20);
    const first = openCheckpoint(
      parseNote((await ask(ledger.getLedgerHead)).checkpoint),
      parseVerifierKey((await ask(ledger.getLedgerHead)).verifierKey),
    );
    await fill(50);
    const head = await ask(ledger.getLedgerHead);
    const second = openCheckpoint(parseNote(head.checkpoint), parseVerifierKey(head.verifierKey));
    if (first === undefined || second === undefined) throw new Error("not signed by the log");
    const { hashes } = await ask(ledger.proveLedgerConsistency, { query: { first: "21", second: "71" } });
    expect(
      verifyConsistency({
        first: 21,
        second: 71,
        firstRoot: first.root,
        secondRoot: second.root,
        proof: hashes.map(fromBase64),
      }),
    ).toBe(true);
    for (const query of [
      { first: "3", second: "72" },
      { first: "5", second: "4" },
      { first: "0", second: "1", log: "9" },
    ])
      expect(await codeOf(ask(ledger.proveLedgerConsistency, { query }))).toBe("ledger.range_invalid");
  }, 60_000);

  it("is of the log as the database has it, also when another was put in its place", async () => {
    const tables = ["logs", "entries", "tiles", "checkpoints"];
    const run = (text: string) => sql.raw(text).execute(house.db);
    const proven = async () => {
      const { items } = await ask(ledger.listLedgerEntries, { query: { limit: "1", toIndex: "9" } });
      const { event, proof } = await ask(ledger.getLedgerEntry, { params: { eventId: items[0].id } });
      const head = parseNote(proof.checkpoint);
      const root = openCheckpoint(head, parseVerifierKey((await ask(ledger.getLedgerKey)).trim()))?.root;
      const { size, hashes } = proof;
      const leafHash = hashLeaf(Buffer.from(event));
      return verifyInclusion({
        index: items[0].index,
        size,
        root: root as Uint8Array,
        leafHash,
        proof: hashes.map(fromBase64),
      });
    };
    await fill(12);
    for (const table of tables) await run(`create table old_${table} as table ledger_${table}`);
    // To the same length, to a longer one under the same power of two, and to one beyond it.
    for (const more of [2, 2, 3, 40]) {
      await fill(2);
      expect(await proven()).toBe(true);
      for (const table of [...tables].reverse()) await run(`delete from ledger_${table}`);
      await run("insert into ledger_logs overriding system value select * from old_logs");
      for (const table of tables.slice(1))
        await run(`insert into ledger_${table} select * from old_${table}`);
      await fill(more);
      expect(await proven()).toBe(true);
    }
  });

  it("waits for the checkpoint that covers its entry", async () => {
    await house.ledger.flush();
    const running = house.again();
    await running.start?.();
    await house.record({});
    await expect.poll(async () => (await ask(ledger.listLedgerEntries)).items.length).toBe(2);
    const [entry] = (await ask(ledger.listLedgerEntries)).items;
    expect((await ask(ledger.getLedgerEntry, { params: { eventId: entry.id } })).proof).toBeUndefined();
    await running.stop?.();
    expect((await ask(ledger.getLedgerEntry, { params: { eventId: entry.id } })).proof).toBeDefined();
  });
});

test("checkpoint, key and tiles are public over HTTP; entries are not", async () => {
  await fill(5);
  const app = await createHttpServer({
    trustedProxies: [],
    perMinute: 100,
    maxConnections: 10,
    log: silentLogger,
  });
  await app.register(
    async (scope) => void mount(scope, house.ledger.routes ?? [], testGates(), silentLogger),
  );
  await app.ready();
  const get = async (url: string) => {
    const { statusCode, headers, rawPayload } = await app.inject(url);
    return [statusCode, headers["content-type"], rawPayload.length];
  };
  expect(await get("/ledger/tile/0/000.p/5")).toEqual([200, "application/octet-stream", 160]);
  expect((await get("/ledger/tile/0/000.p/7")).slice(0, 1)).toEqual([404]);
  expect((await get("/ledger/tile/0/..%2f..%2fetc")).slice(0, 1)).toEqual([404]);
  expect((await get("/ledger/checkpoint")).slice(0, 2)).toEqual([200, "text/plain; charset=utf-8"]);
  expect((await get("/ledger/key")).slice(0, 2)).toEqual([200, "text/plain; charset=utf-8"]);
  expect((await get("/api/v1/ledger/entries")).slice(0, 1)).toEqual([401]);
  await app.close();
});
