import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { Secret } from "@gatehouse/base";
import type { ledger } from "@gatehouse/contract";
import { type EvidenceReport, verifyEvidence } from "@gatehouse/ledger";
import { openZip } from "@gatehouse/verifier";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LedgerHouse, ledgerHouse, OTHER_TENANT, PERSON, TENANT } from "../testing/house.ts";
import { comparable, rootSigner } from "../trust.ts";

const { fingerprint } = comparable(rootSigner(new Secret(new Uint8Array(32).fill(7)), "gatehouse"));

let house: LedgerHouse;
beforeEach(async () => {
  house = await ledgerHouse();
  for (let n = 1; n <= 40; n++)
    await house.record({
      tenantId: n % 4 === 0 ? OTHER_TENANT : TENANT,
      kind: n % 10 === 0 ? "board.changed" : "site.changed",
      data: { n },
      ...(n === 7 ? { subject: { kind: "person", id: PERSON }, personal: { email: "ada@example.com" } } : {}),
    });
  await house.ledger.flush();
});
afterEach(() => house[Symbol.asyncDispose]());

async function evidence(request: Partial<ledger.LedgerExportRequest> = {}, tenantId = TENANT) {
  const zip = await house.ledger.exports.export(tenantId, { reveal: false, ...request });
  const opened = openZip(await buffer(Readable.from(zip)));
  if (opened.state !== "complete") throw new Error(opened.state);
  return opened.files;
}
const verified = async (
  request: Partial<ledger.LedgerExportRequest> = {},
  tenantId = TENANT,
): Promise<EvidenceReport> => verifyEvidence(await evidence(request, tenantId), { fingerprint });
const named = ({ problems }: EvidenceReport): string[] =>
  problems.map(({ kind, index }) => `${kind} ${index}`);

describe("an export", () => {
  it("holds the organisation's events, proven and pinned, and of others the hashes alone", async () => {
    // The host's own, the beginning of the log and the export itself.
    expect(await verified()).toMatchObject({
      ok: true,
      pinned: "pinned",
      lines: 32,
      proven: 32,
      range: { from: 0, to: 42, unlisted: 10 },
    });
    const files = await evidence({}, OTHER_TENANT);
    expect(verifyEvidence(files)).toMatchObject({ ok: true, lines: 11, proven: 11 });
    expect(Buffer.from(files.events).toString()).not.toContain(TENANT);
  });

  it("narrows by kind, by index and to nothing", async () => {
    expect(await verified({ kinds: ["board.changed"] })).toMatchObject({
      ok: true,
      lines: 2,
      range: { from: 10, to: 31, unlisted: 19 },
    });
    expect(await verified({ fromIndex: 5, toIndex: 8 })).toMatchObject({
      ok: true,
      lines: 3,
      range: { from: 5, to: 8, unlisted: 0 },
    });
    expect(await verified({ fromMs: 1, toMs: 2 })).toMatchObject({ ok: true, lines: 0 });
    await expect(verified({ fromIndex: 5_000 })).rejects.toMatchObject({ code: "ledger.range_invalid" });
  });

  it("says in the ledger what was exported, and holds that it was", async () => {
    const files = await evidence({ kinds: ["ledger.exported"] });
    expect(Buffer.from(files.events).toString()).toContain('"kinds":["ledger.exported"]');
    expect(verifyEvidence(files)).toMatchObject({ ok: true, lines: 1, proven: 1 });
  });

  it("reveals texts about people when asked, and none that is erased", async () => {
    expect(await verified({ fromIndex: 7, toIndex: 8 })).toMatchObject({ ok: true, revealed: 0 });
    expect(await verified({ fromIndex: 7, toIndex: 8, reveal: true })).toMatchObject({
      ok: true,
      revealed: 1,
    });
    await house.run("update ledger_personal set salt = decode(repeat('00', 32), 'hex')");
    expect(named(await verified({ fromIndex: 7, toIndex: 8, reveal: true }))).toEqual(["personal_differs 7"]);
    await house.run("delete from ledger_personal");
    expect(await verified({ fromIndex: 7, toIndex: 8, reveal: true })).toMatchObject({
      ok: true,
      revealed: 0,
    });
  });
});

describe("an export after somebody with the database's password was there", () => {
  it("names the index of an event that was changed", async () => {
    await house.run(
      `update ledger_entries set event = replace(convert_from(event, 'UTF8'), '"n":13', '"n":14')::bytea where index = 13`,
    );
    expect(named(await verified())).toEqual(["changed 13"]);
  });

  it("names the index of an event that was deleted, whoever's it was", async () => {
    await house.run("delete from ledger_entries where index in (13, 16)");
    expect(named(await verified())).toEqual(["missing 13", "missing 16"]);
  });

  it("names both indexes of two events that were swapped", async () => {
    await house.run(
      "update ledger_entries set index = case index when 13 then -1 else -2 end where index in (13, 17)",
    );
    await house.run(
      "update ledger_entries set index = case index when -1 then 17 else 13 end where index < 0",
    );
    expect(named(await verified()).sort()).toEqual(["swapped 13", "swapped 17"]);
  });

  it("names what is missing when the end of the log was cut off", async () => {
    await house.run("delete from ledger_entries where index >= 39");
    expect(named(await verified({ fromIndex: 30, toIndex: 41 }))).toEqual(["missing 39", "missing 40"]);
  });

  it("does not hold when the leaf hashes were changed with the event", async () => {
    await house.run("update ledger_tiles set bytes = overlay(bytes placing '\\x00'::bytea from 13 * 32 + 1)");
    const report = await verified();
    expect(report).toMatchObject({ ok: false, proven: 0 });
    expect(named(report)).toContain("root_differs null");
  });
});
