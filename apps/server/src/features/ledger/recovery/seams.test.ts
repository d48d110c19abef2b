import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { ledger } from "@gatehouse/contract";
import {
  acceptSeam,
  encodeBase64,
  encodeVerifierKey,
  parseVerifierKey,
  startWitness,
  verifyEvidence,
} from "@gatehouse/ledger";
import { openZip } from "@gatehouse/verifier";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { logSigner } from "../log-key.ts";
import { LogStore } from "../log-store.ts";
import { type LedgerHouse, ledgerHouse, MASTER_KEY, PERSON, TENANT } from "../testing/house.ts";
import { comparable, rootSigner } from "../trust.ts";

const root = rootSigner(MASTER_KEY, "gatehouse");
const { fingerprint } = comparable(root);

let house: LedgerHouse;
beforeEach(async () => {
  house = await ledgerHouse();
  for (let n = 1; n <= 5; n++) await house.record({ data: { n } });
  await house.ledger.flush();
});
afterEach(() => house[Symbol.asyncDispose]());

async function report(request: Partial<ledger.LedgerExportRequest> = {}) {
  const zip = await house.ledger.exports.export(TENANT, { reveal: false, ...request });
  const opened = openZip(await buffer(Readable.from(zip)));
  if (opened.state !== "complete") throw new Error(opened.state);
  return { files: opened.files, report: verifyEvidence(opened.files, { fingerprint }) };
}
const logs = () => new LogStore(house.db).all();

describe("the log after a restore", () => {
  it("is a new one whose first entry names the last checkpoint of the old, and what waited comes behind it", async () => {
    await house.record({ data: { n: 6 } });
    const [old] = await logs();
    const end = await new LogStore(house.db).lastCheckpoint(old?.id ?? 0);
    await house.restore();
    await house.ledger.flush();
    const [grown] = await logs();
    expect(grown?.origin).not.toBe(old?.origin);
    const { report: found, files } = await report();
    expect(found).toMatchObject({ ok: true, pinned: "pinned", origin: grown?.origin, proven: 3 });
    const events = Buffer.from(files.events)
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map(({ kind }) => kind)).toEqual([
      "installation.restored",
      "site.changed",
      "ledger.exported",
    ]);
    expect(events[0]).toMatchObject({
      actor: { kind: "machine" },
      data: {
        by: "command_line",
        backup: { madeAt: "1970-01-01T00:00:01.000Z" },
        entries: 6,
        previous: {
          log: encodeVerifierKey(logSigner(MASTER_KEY, old?.origin ?? "").key),
          size: end?.size,
          root: encodeBase64(end?.root ?? new Uint8Array()),
        },
      },
    });
  });

  it("is begun once for one restore, however often the server starts, and again for the next", async () => {
    await house.restore();
    await house.restore();
    expect(await logs()).toHaveLength(2);
    await house.restore("restore-2");
    expect(await logs()).toHaveLength(3);
  });

  it("shows the seam in exports of both logs, also after the first entry is sealed", async () => {
    await house.restore();
    await house.ledger.flush();
    await house.run(
      "update ledger_entries set event = null, kind = null, outcome = null, actor_kind = null, actor_id = null where kind = 'installation.restored'",
    );
    const [grown, old] = await logs();
    for (const log of [grown, old]) {
      const { report: found } = await report({ log: log?.id ?? 0 });
      expect(found).toMatchObject({ ok: true, origin: log?.origin });
      expect(found.seams).toMatchObject([
        { ended: old?.origin, size: 6, begun: grown?.origin, isAcknowledged: false },
      ]);
    }
  });

  it("follows one that had no checkpoint yet", async () => {
    await house.run("delete from ledger_checkpoints");
    await house.restore();
    await house.ledger.flush();
    const { report: found } = await report();
    expect(found).toMatchObject({ ok: true, seams: [{ size: 0 }] });
  });

  it("keeps tiles, key and checkpoint of both", async () => {
    await house.restore();
    await house.ledger.flush();
    const paths = house.ledger.routes?.map(({ endpoint: { path } }) => path) ?? [];
    for (const part of ["checkpoint", "key", "tile/*"]) expect(paths).toContain(`/ledger/logs/:log/${part}`);
  });
});

describe("the owner's acknowledgement", () => {
  it("is recorded once, and shown in exports", async () => {
    await house.restore();
    await house.ledger.flush();
    const [grown, old] = await logs();
    const { seams } = house.ledger;
    expect(await seams.list()).toMatchObject([{ log: grown?.id, previousLog: old?.id, backupMs: 1_000 }]);
    const done = await seams.acknowledge(TENANT, PERSON, grown?.id ?? 0, "Disk failed");
    expect(done.acknowledgement).toMatchObject({ personId: PERSON, reason: "Disk failed" });
    await expect(seams.acknowledge(TENANT, PERSON, grown?.id ?? 0, "Again")).rejects.toMatchObject({
      code: "ledger.seam_not_found",
    });
    const { report: found, files } = await report({ kinds: ["ledger.seam_acknowledged"] });
    expect(found).toMatchObject({ ok: true, proven: 1, seams: [{ isAcknowledged: true }] });
    expect(Buffer.from(files.events).toString()).toContain('"reason":"Disk failed"');
  });

  it("is what makes a witness go over, from wherever it stood and across several restores", async () => {
    const { seams } = house.ledger;
    const [old] = await logs();
    const log = encodeVerifierKey(logSigner(MASTER_KEY, old?.origin ?? "").key);
    const witness = { ...startWitness(parseVerifierKey(log)), size: 99 };
    expect(await seams.noteFor(witness)).toBeUndefined();
    await house.restore();
    await house.restore("restore-2");
    const [newest, middle] = await logs();
    await seams.acknowledge(TENANT, PERSON, newest?.id ?? 0, "Second");
    expect(await seams.noteFor(witness)).toBeUndefined();
    await seams.acknowledge(TENANT, PERSON, middle?.id ?? 0, "First");
    const note = await seams.noteFor(witness);
    const accepted = note && acceptSeam(witness, note, root.key);
    expect(accepted).toMatchObject({ size: 0, seams: [expect.stringContaining("Second")] });
    expect(accepted?.log).toContain(newest?.origin);
    expect(await seams.noteFor({ ...witness, log: "gatehouse/ledger/else+00000000+AA==" })).toBeUndefined();
  });
});
