import { describe, expect, it } from "vitest";
import { encodeBase64 } from "../base64.ts";
import { certifyLog } from "../certificate.ts";
import { encodeNote } from "../note.ts";
import { signSeam } from "../seam.ts";
import { createSigner, logSigner, ownerSigner, rootSigner } from "../testing/parties.ts";
import { logAfter, seamOf, withSeams } from "../testing/restored-log.ts";
import { TestLog } from "../testing/test-log.ts";
import { encodeVerifierKey } from "../verifier-key.ts";
import type { ExportSeam } from "./export-seams.ts";
import { verifyEvidence } from "./verify.ts";

const first = TestLog.of(20);
const second = logAfter(first, 9);
const third = logAfter(second, 4, createSigner("gatehouse.example/log/3"));
const newer = seamOf(second, third, true);
const older = seamOf(first, second, false);
const kinds = (files: Parameters<typeof verifyEvidence>[0]): string[] =>
  verifyEvidence(files).problems.map(({ kind }) => kind);

describe("seams of an export", () => {
  it("are shown, the newest first, in exports of every log of the chain", () => {
    for (const log of [first, second, third]) {
      const report = verifyEvidence(withSeams(log.exportRange(0, log.size), [newer, older]));
      expect(report).toMatchObject({ ok: true, problemCount: 0 });
      expect(report.seams).toEqual([
        {
          ended: second.signer.key.name,
          size: 10,
          begun: third.signer.key.name,
          time: "2026-11-21T10:00:00.000Z",
          isAcknowledged: true,
        },
        expect.objectContaining({ ended: logSigner.key.name, size: 20, isAcknowledged: false }),
      ]);
    }
  });

  it("are none of an export that has no such file", () => {
    expect(verifyEvidence(third.exportRange(0, 5)).seams).toEqual([]);
  });

  it("do not hold when anything of them is of another log, another size or another hand", () => {
    const exported = third.exportRange(0, third.size);
    const other = TestLog.of(21);
    const notLog = encodeNote(certifyLog(ownerSigner.key, rootSigner));
    const terms = {
      oldLog: encodeVerifierKey(second.signer.key),
      oldSize: 10,
      oldRoot: encodeBase64(second.root),
      newLog: encodeVerifierKey(third.signer.key),
      reason: "x",
    };
    const altered: readonly Partial<ExportSeam>[] = [
      { certificate: notLog },
      { certificate: encodeNote(certifyLog(third.signer.key, ownerSigner)) },
      { previousCertificate: notLog },
      { checkpoint: encodeNote(other.cosigned()) },
      { previousCheckpoint: encodeNote(TestLog.of(9).cosigned()) },
      { entry: newer.entry.replace('"size":10', '"size":11') },
      { entry: ` ${newer.entry}` },
      { proof: newer.proof.slice(0, -44) },
      { proof: "?" },
      { acknowledgement: encodeNote(signSeam(terms, ownerSigner)) },
      { acknowledgement: encodeNote(signSeam({ ...terms, oldSize: 9 }, rootSigner)) },
      { acknowledgement: "nothing" },
    ];
    for (const change of altered)
      expect([change, kinds(withSeams(exported, [{ ...newer, ...change }]))]).toEqual([
        change,
        expect.arrayContaining(["seam_wrong"]),
      ]);
    const { previousCheckpoint: _none, ...endless } = newer;
    expect(kinds(withSeams(exported, [endless as ExportSeam]))).toContain("seam_wrong");
  });

  it("do not hold when a log between two of them is left out, or the exported one is in none", () => {
    const fourth = logAfter(third, 1, createSigner("gatehouse.example/log/4"));
    expect(kinds(withSeams(fourth.exportRange(0, 2), [seamOf(third, fourth, false), older]))).toEqual([
      "seam_wrong",
    ]);
    expect(kinds(withSeams(fourth.exportRange(0, 2), [newer]))).toEqual(["seam_wrong"]);
  });

  it("do not hold beside a checkpoint of the ended log that goes beyond its end", () => {
    const longer = TestLog.of(25);
    expect(kinds(withSeams(longer.exportRange(0, 25), [older]))).toEqual(["seam_wrong"]);
  });

  it("are called malformed when they are no list of seams", () => {
    const exported = third.exportRange(0, 1);
    for (const text of ["{}", "[{}]", "[null]", "[", `[${JSON.stringify({ ...newer, proof: 1 })}]`])
      expect(kinds({ ...exported, seams: new TextEncoder().encode(text) })).toEqual(["seams_malformed"]);
  });
});
