import { createServer } from "node:http";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { Secret } from "@gatehouse/base";
import {
  type EvidenceReport,
  encodeVerifierKey,
  parseVerifierKey,
  verifyEvidence,
  witnessedSpan,
} from "@gatehouse/ledger";
import { virtualClock } from "@gatehouse/testkit";
import { collectExport, openZip } from "@gatehouse/verifier";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sizesAround, spread } from "../export/export-witnessed.ts";
import { logSigner } from "../log-key.ts";
import { LogStore } from "../log-store.ts";
import { type LedgerHouse, ledgerHouse, TENANT } from "../testing/house.ts";
import { SILENCE } from "../testing/ledger.ts";
import { standingOf } from "./witness-model.ts";

const TABLES = ["logs", "entries", "tiles", "checkpoints", "cosignatures"] as const;

let house: LedgerHouse;
let neighbour: LedgerHouse;
let clock: ReturnType<typeof virtualClock>;
let url: string;
let end: () => void;

/** The neighbour's door, on a real socket. */
async function listen(): Promise<void> {
  const server = createServer((request, response) => {
    void text(request)
      .then((body) => neighbour.ledger.witnesses.desk.consider(body))
      .then(({ status, body }) => response.writeHead(status, { "content-type": "text/plain" }).end(body))
      .catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address() as { port: number };
  url = `http://127.0.0.1:${address.port}/ledger/witness`;
  end = () => server.close();
}

const ownKey = async (): Promise<string> => {
  const log = await new LogStore(house.db).current();
  return encodeVerifierKey(logSigner(new Secret(new Uint8Array(32).fill(7)), log?.origin ?? "").key);
};
const grow = async (count: number, word = "a"): Promise<void> => {
  for (let n = 0; n < count; n++) await house.record({ data: { word, n } });
  await house.ledger.flush();
};
const ask = () => house.ledger.witnesses.asker.ask();
const witness = async () => {
  const [found] = await house.ledger.witnesses.asker.list();
  if (found === undefined) throw new Error("no witness");
  return { ...found, state: standingOf(found, clock.nowMs(), SILENCE) };
};

beforeEach(async () => {
  clock = virtualClock();
  [house, neighbour] = [await ledgerHouse(clock), await ledgerHouse(clock)];
  await listen();
  await grow(5);
  await neighbour.ledger.witnesses.desk.add(await ownKey());
  await house.ledger.witnesses.asker.add(url, neighbour.ledger.witnesses.ownKey);
});
afterEach(async () => {
  end();
  await house[Symbol.asyncDispose]();
  await neighbour[Symbol.asyncDispose]();
});

/** A copy of the log's tables as they are now; put back when called, as with an old backup. */
async function backUp(): Promise<() => Promise<void>> {
  await house.run("drop schema if exists kept cascade; create schema kept");
  for (const table of TABLES) await house.run(`create table kept.${table} as table ledger_${table}`);
  return async () => {
    for (const table of [...TABLES].reverse()) await house.run(`delete from ledger_${table}`);
    await house.run("insert into ledger_logs overriding system value select * from kept.logs");
    for (const table of TABLES.slice(1))
      await house.run(`insert into ledger_${table} select * from kept.${table}`);
  };
}

describe("another installation as witness", () => {
  it("cosigns what continues the log, and its line is under the checkpoint of an export", async () => {
    expect(await witness()).toMatchObject({ state: "waiting" });
    await ask();
    expect(await witness()).toMatchObject({ state: "ok", last: { size: 6 } });
    await grow(30);
    await ask();
    expect(await witness()).toMatchObject({ state: "ok", last: { size: 36 } });
    await ask();
    const zip = await house.ledger.exports.export(TENANT, { reveal: false });
    const opened = openZip(await buffer(Readable.from(zip)));
    if (opened.state !== "complete") throw new Error(opened.state);
    const key = parseVerifierKey(neighbour.ledger.witnesses.ownKey);
    expect(verifyEvidence(opened.files, { witnesses: [key] }).witnesses).toMatchObject([
      { name: key.name, state: "valid", isKnown: true },
    ]);
  });

  it("goes on from what the witness has when an answer was lost", async () => {
    await ask();
    await house.run("delete from ledger_cosignatures");
    await grow(4);
    await ask();
    expect(await witness()).toMatchObject({ state: "ok", last: { size: 10 } });
  });

  it("refuses a log whose end was cut off, and one that grew again differently", async () => {
    await grow(10);
    const restore = await backUp();
    await grow(10);
    await ask();
    expect(await witness()).toMatchObject({ state: "ok", last: { size: 26 } });
    await restore();
    await ask();
    expect(await witness()).toMatchObject({ state: "refused", refusal: "size_shrank" });
    await grow(10, "b");
    await ask();
    expect(await witness()).toMatchObject({ state: "refused", refusal: "proof_wrong" });
    await grow(10, "b");
    await ask();
    expect(await witness()).toMatchObject({ state: "refused", refusal: "proof_wrong" });
    const [seen] = await neighbour.ledger.witnesses.desk.list();
    expect(seen?.state.size).toBe(26);
  });

  it("takes the log that follows a restore only once its owner acknowledged it, and keeps the seam", async () => {
    await ask();
    await house.restore();
    await grow(3);
    await ask();
    expect(await witness()).toMatchObject({ state: "refused", refusal: "unknown_log" });
    const { desk } = neighbour.ledger.witnesses;
    const [seen] = await desk.list();
    if (seen === undefined) throw new Error("nothing is witnessed");
    await desk.acknowledgeRestart(seen.id, await ownKey(), "Restored from the backup of Friday");
    await ask();
    expect(await witness()).toMatchObject({ state: "ok", last: { size: 4 } });
    const [after] = await desk.list();
    expect(after?.state.seams).toHaveLength(1);
    expect(after?.state.seams[0]).toContain("Restored from the backup of Friday");
    await expect(desk.acknowledgeRestart(seen.id, await ownKey(), "again")).rejects.toMatchObject({
      code: "ledger.witness_exists",
    });
  });

  it("is called silent a quarter of an hour after its last word", async () => {
    await ask();
    end();
    clock.advance(SILENCE.installationMs);
    expect(await witness()).toMatchObject({ state: "ok" });
    clock.advance(1);
    expect(await witness()).toMatchObject({ state: "silent" });
  });

  it("cosigns nothing that it does not know, and is asked no more when it was removed", async () => {
    await expect(neighbour.ledger.witnesses.desk.consider("old 0")).rejects.toMatchObject({
      code: "ledger.malformed",
    });
    const [found] = await house.ledger.witnesses.asker.list();
    await house.ledger.witnesses.asker.remove(found?.id ?? "");
    expect(await house.ledger.witnesses.asker.list()).toEqual([]);
    await house.ledger.witnesses.asker.add(url, neighbour.ledger.witnesses.ownKey);
    await expect(
      house.ledger.witnesses.asker.add(url, neighbour.ledger.witnesses.ownKey),
    ).rejects.toMatchObject({ code: "ledger.witness_exists" });
  });
});

describe("an export of a log that was witnessed before", () => {
  const DAY_MS = 86_400_000;
  const SEGMENT = "0191a000-0000-7000-8000-00000000000a";
  const sealed = {
    kind: "recording.sealed",
    subject: { kind: "segment", id: SEGMENT },
    data: { cameraId: "0191a000-0000-7000-8000-00000000000c", manifestSha256: "0".repeat(64) },
  } as const;
  const exported = async () => {
    const zip = await house.ledger.exports.export(TENANT, { reveal: false });
    const opened = openZip(await buffer(Readable.from(zip)));
    if (opened.state !== "complete") throw new Error(opened.state);
    return opened.files;
  };
  const known = () => ({ witnesses: [parseVerifierKey(neighbour.ledger.witnesses.ownKey)] });
  const named = ({ problems }: EvidenceReport) => problems.map(({ kind, index }) => `${kind} ${index}`);
  it("says by the witness's clock between which times each entry came into it", async () => {
    await ask();
    clock.advance(60_000);
    await house.record(sealed);
    await house.ledger.flush();
    clock.advance(60_000);
    const report = verifyEvidence(await exported(), known());
    expect(report).toMatchObject({ ok: true, witnessed: 1, backDated: [] });
    const { after, by } = witnessedSpan(report.sightings, 6);
    expect([after?.timeS, by?.timeS].map((timeS) => 1_000 * (timeS ?? 0) - clock.nowMs())).toEqual([
      -120_000, 0,
    ]);
  });

  it("names an entry that somebody with every key dates back, in the log and beside a clip", async () => {
    await ask();
    const past = house.again(virtualClock(clock.nowMs() - DAY_MS));
    await house.db.transaction().execute((tx) => past.audit.record(tx, { ...sealed, tenantId: TENANT }));
    const report = verifyEvidence(await exported());
    expect(named(report)).toEqual(["back_dated 6"]);
    expect(report.backDated).toMatchObject([{ seen: { size: 6, isKnown: false } }]);
    const about = await house.ledger.evidenceAbout(TENANT, [{ kinds: [sealed.kind], subjectIds: [SEGMENT] }]);
    const opened = collectExport(new Map(about.files.map(({ name, bytes }) => [name, bytes])));
    if (opened.state !== "complete") throw new Error(opened.state);
    expect(named(verifyEvidence(opened.files, known()))).toEqual(["back_dated 6"]);
  });

  it("keeps one cosignature of each day, so that old entries are still dated", async () => {
    for (let day = 0; day < 3; day++) {
      await ask();
      await grow(1);
      await ask();
      clock.advance(DAY_MS);
    }
    await grow(1);
    await ask();
    await house.ledger.witnesses.forgetBefore(clock.nowMs());
    const report = verifyEvidence(await exported(), known());
    expect(report).toMatchObject({ ok: true, witnessed: 4 });
    // 8 was the last of no day: it was cosigned again the day after, before 9.
    expect(report.sightings.map(({ size }) => size)).toEqual([6, 7, 9, 10, 11]);
  });

  it("has at most 64 of them, the first and the last among them", () => {
    const sizes = Array.from({ length: 1_000 }, (_, at) => at);
    const some = spread(sizes, 64);
    expect([some.length, some[0], some.at(-1), new Set(some).size]).toEqual([64, 0, 999, 64]);
    expect(sizesAround([3, 5, 9], [0, 3, 4, 12])).toEqual([3, 5, 9]);
    expect(sizesAround([3, 5, 9], [9])).toEqual([9]);
    expect(sizesAround([], [1])).toEqual([]);
  });
});
