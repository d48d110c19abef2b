import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "../base64.ts";
import { utf8 } from "../bytes.ts";
import { certifyLog, fingerprintOf } from "../certificate.ts";
import { encodeEvent } from "../events.ts";
import { encodeNote, parseNote, signNote } from "../note.ts";
import { logSigner, otherWitnessSigner, ownerSigner, rootSigner, witnessSigner } from "../testing/parties.ts";
import { eventOf, MOMENT_S, TestLog } from "../testing/test-log.ts";
import { encodeVerifierKey } from "../verifier-key.ts";
import type { RangeProof } from "./export-proofs.ts";
import { type EvidenceFiles, verifyEvidence } from "./verify.ts";

const log = TestLog.of(60);
const range = log.exportRange(10, 40);
const entries = log.exportEntries([3, 17, 18, 59]);
const fingerprint = fingerprintOf(rootSigner.key.publicKey);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const linesOf = (files: EvidenceFiles): string[] => text(files.events).trimEnd().split("\n");
const withLines = (files: EvidenceFiles, lines: readonly string[]): EvidenceFiles => ({
  ...files,
  events: utf8(lines.map((line) => `${line}\n`).join("")),
});
const problemsOf = (files: EvidenceFiles): string[] =>
  verifyEvidence(files).problems.map(({ kind, index }) => (index === null ? kind : `${kind} ${index}`));
const altered = (files: EvidenceFiles, change: (lines: string[]) => void): string[] => {
  const lines = linesOf(files);
  change(lines);
  return problemsOf(withLines(files, lines));
};

describe("an export that is as it was", () => {
  it("is proven line by line: whole ranges, parts, single lines, none", () => {
    for (const [from, to] of [
      [0, 60],
      [10, 40],
      [59, 60],
      [0, 1],
      [30, 30],
      [0, 0],
      [60, 60],
    ] as const) {
      const report = verifyEvidence(log.exportRange(from, to));
      expect(report).toMatchObject({
        ok: true,
        size: 60,
        range: { from, to, unlisted: 0 },
        proven: to - from,
        problems: [],
      });
    }
    expect(verifyEvidence(entries)).toMatchObject({ ok: true, range: null, lines: 4, proven: 4 });
    const none = log.exportEntries([]);
    expect(verifyEvidence(none)).toMatchObject({ ok: true, lines: 0, proven: 0 });
  });

  it("is not pinned until the reader has compared the fingerprint", () => {
    expect(verifyEvidence(range)).toMatchObject({ pinned: "not_pinned", fingerprint });
    expect(verifyEvidence(range, { fingerprint })).toMatchObject({ pinned: "pinned", ok: true });
    expect(verifyEvidence(range, { fingerprint: fingerprint.replaceAll(" ", "").toUpperCase() }).pinned).toBe(
      "pinned",
    );
    const other = fingerprintOf(ownerSigner.key.publicKey);
    expect(verifyEvidence(range, { fingerprint: other })).toMatchObject({ pinned: "differs", ok: false });
  });

  it("tells witnesses that the reader knows from those that came with it", () => {
    const known = { witnesses: [witnessSigner.key, otherWitnessSigner.key] };
    expect(verifyEvidence(range).witnesses).toMatchObject([
      { name: witnessSigner.key.name, state: "valid", timeS: MOMENT_S, isKnown: false },
    ]);
    expect(verifyEvidence(range, known).witnesses).toMatchObject([
      { name: witnessSigner.key.name, state: "valid", timeS: MOMENT_S, isKnown: true },
      { name: otherWitnessSigner.key.name, state: "absent", timeS: null, isKnown: true },
    ]);
  });
});

describe("a witness that is a machine of the installation itself", () => {
  const own = (keys: object) => {
    const range = log.exportRange(0, 5);
    const text = Buffer.from(range.keys).toString();
    return { ...range, keys: Buffer.from(JSON.stringify({ ...JSON.parse(text), ...keys })) };
  };

  it("is shown as such, where the export says so in its form", () => {
    const key = encodeVerifierKey(witnessSigner.key);
    expect(verifyEvidence(own({ ownMachines: [key] })).witnesses).toMatchObject([{ isOwnMachine: true }]);
    expect(verifyEvidence(own({ ownMachines: [] })).witnesses).toMatchObject([{ isOwnMachine: false }]);
    expect(verifyEvidence(own({})).witnesses).toMatchObject([{ isOwnMachine: false }]);
    for (const ownMachines of [null, key, [1], Array(129).fill(key)])
      expect(verifyEvidence(own({ ownMachines })).problems).toMatchObject([{ kind: "keys_malformed" }]);
  });
});

describe("an export whose lines were altered", () => {
  const edit = (line = ""): string => line.replace('"home"', '"away"');

  it("names the index of a changed event", () => {
    expect(altered(range, (lines) => lines.splice(5, 1, edit(lines[5])))).toEqual(["changed 15"]);
    expect(altered(entries, (lines) => lines.splice(1, 1, edit(lines[1])))).toEqual(["changed 17"]);
    const lines = linesOf(range).map((line, at) => (at === 5 ? edit(line) : line));
    expect(verifyEvidence(withLines(range, lines))).toMatchObject({ ok: false, proven: 29 });
  });

  it("names the index of a missing event", () => {
    for (const at of [0, 5, 29])
      expect(altered(range, (lines) => lines.splice(at, 1))).toEqual([`missing ${10 + at}`]);
    expect(altered(range, (lines) => lines.splice(7, 3))).toEqual(["missing 17", "missing 18", "missing 19"]);
    expect(altered(entries, (lines) => lines.splice(2, 1))).toEqual(["missing 18"]);
  });

  it("names both indexes of swapped events", () => {
    const swap = (one: number, other: number) => (lines: string[]) => {
      [lines[one], lines[other]] = [lines[other] as string, lines[one] as string];
    };
    expect(altered(range, swap(4, 5)).sort()).toEqual(["swapped 14", "swapped 15"]);
    expect(altered(range, swap(2, 20)).sort()).toEqual(["swapped 12", "swapped 30"]);
  });

  it("names the line of an added event and the indexes when several things were done", () => {
    const added = linesOf(range).toSpliced(5, 0, edit(linesOf(range)[5]));
    expect(verifyEvidence(withLines(range, added)).problems).toEqual([
      { kind: "added", index: null, line: 6 },
    ]);
    expect(altered(range, (lines) => lines.push(lines[3] as string))).toEqual(["added"]);
    // Before its own place, too, a copy is one line too many and nothing else.
    for (const [of, to] of [
      [20, 0],
      [20, 20],
      [0, 30],
    ] as const)
      expect(altered(range, (lines) => lines.splice(to, 0, lines[of] as string))).toEqual(["added"]);
    const several = altered(range, (lines) => {
      lines.splice(20, 1, edit(lines[20]));
      lines.splice(3, 1);
    });
    expect(several.sort()).toEqual(["changed 30", "missing 13"]);
  });

  it("names the index of whatever single byte is altered", () => {
    fc.assert(
      fc.property(fc.nat({ max: range.events.length - 2 }), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const events = range.events.map((byte, place) => (place === at ? byte ^ mask : byte));
        const report = verifyEvidence({ ...range, events });
        const line = text(range.events.subarray(0, at)).split("\n").length - 1;
        expect(report.ok).toBe(false);
        const named = report.problems.map(({ index }) => index);
        // A line break that goes or comes touches the next event as well.
        expect(named.some((index) => index === 10 + line)).toBe(true);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it("refuses a logged line that is not canonical, since two readers could take it differently", () => {
    const odd = new TestLog();
    odd.append([encodeEvent(eventOf(0)), utf8('{"kind":"a","kind":"b"}'), utf8("{ }"), Uint8Array.of(0xff)]);
    expect(problemsOf(odd.exportRange(0, 3))).toEqual(["not_canonical 1", "not_canonical 2"]);
    expect(verifyEvidence(odd.exportRange(0, 3)).proven).toBe(1);
  });

  it("counts more problems than it lists", () => {
    const report = verifyEvidence({ ...range, events: utf8("x\n".repeat(3_000)) });
    expect(report.problems).toHaveLength(1_000);
    expect(report.problemCount).toBe(3_000);
  });
});

describe("an export whose proofs, checkpoint or keys were altered", () => {
  const json = (files: EvidenceFiles, name: "proofs" | "keys", change: object): EvidenceFiles => ({
    ...files,
    [name]: utf8(JSON.stringify({ ...(JSON.parse(text(files[name])) as object), ...change })),
  });
  const proof = JSON.parse(text(range.proofs)) as RangeProof;
  const flip = (base64: string): string => {
    const bytes = decodeBase64(base64) ?? new Uint8Array();
    return encodeBase64(bytes.map((byte, at) => (at === 40 % bytes.length ? byte ^ 1 : byte)));
  };

  it("proves nothing when the event and its leaf hash were changed alike: the root does not bear it out", () => {
    const forged = TestLog.of(60);
    forged.lines[15] = encodeEvent({ ...eventOf(15), outcome: "failed" });
    const other = new TestLog();
    other.append(forged.lines);
    const files = { ...other.exportRange(10, 40), checkpoint: range.checkpoint };
    expect(verifyEvidence(files)).toMatchObject({
      ok: false,
      proven: 0,
      problems: [{ kind: "root_differs" }],
    });
    const filtered = { ...other.exportEntries([15, 16]), checkpoint: range.checkpoint };
    expect(problemsOf(filtered)).toEqual(["proof_wrong 15", "proof_wrong 16"]);
  });

  it("refuses altered hashes and positions, whichever they are", () => {
    for (const change of [
      { left: flip(proof.left) },
      { right: flip(proof.right) },
      { from: 11 },
      { from: 50 },
      { left: "" },
      { right: proof.right + proof.right },
    ])
      expect(problemsOf(json(range, "proofs", change))[0]).toBe("root_differs");
    expect(problemsOf(json(range, "proofs", { leaves: flip(proof.leaves) }))).toEqual([
      "root_differs",
      "changed 11",
    ]);
    const all = (JSON.parse(text(entries.proofs)) as { entries: { index: number; proof: string }[] }).entries;
    const [one, two, ...rest] = all.map((entry) => ({ ...entry }));
    if (one === undefined || two === undefined) throw new Error("too few");
    expect(problemsOf(json(entries, "proofs", { entries: [{ ...one, index: 4 }, two, ...rest] }))).toEqual([
      "proof_wrong 4",
    ]);
    expect(
      problemsOf(json(entries, "proofs", { entries: [one, { ...two, proof: flip(two.proof) }, ...rest] })),
    ).toEqual(["proof_wrong 17"]);
    expect(problemsOf(json(entries, "proofs", { entries: [two, one] }))).toEqual(["proofs_malformed"]);
  });

  it("says which file cannot be read, and never throws", () => {
    const nothing = new Uint8Array();
    expect(problemsOf({ events: nothing, checkpoint: nothing, proofs: nothing, keys: nothing })).toEqual([
      "keys_malformed",
      "checkpoint_malformed",
      "proofs_malformed",
    ]);
    expect(problemsOf({ ...range, checkpoint: utf8(`\ufeff${text(range.checkpoint)}`) })).toEqual([
      "checkpoint_malformed",
    ]);
    const values = fc.oneof(
      fc.jsonValue().map((value) => utf8(JSON.stringify(value))),
      fc.uint8Array(),
    );
    fc.assert(
      fc.property(values, fc.constantFrom("events", "checkpoint", "proofs", "keys"), (bytes, name) => {
        const report = verifyEvidence({ ...range, [name]: bytes });
        expect(report.ok).toBe(false);
      }),
      { numRuns: 300 },
    );
    for (const change of [{ form: "range2" }, { more: 1 }, { from: -1 }, { from: 1.5 }, { leaves: 7 }])
      expect(problemsOf(json(range, "proofs", change))).toEqual(["proofs_malformed"]);
  });

  it("refuses a checkpoint of another signer, size or root, and a cosignature that was altered", () => {
    const note = parseNote(text(range.checkpoint));
    const forged = note.text.replace("\n60\n", "\n61\n");
    expect(problemsOf({ ...range, checkpoint: utf8(encodeNote({ ...note, text: forged })) })).toEqual(
      expect.arrayContaining(["checkpoint_not_signed", "cosignature_wrong", "root_differs"]),
    );
    const origin = signNote(note.text.replace(logSigner.key.name, "another.example/log"), logSigner);
    expect(problemsOf({ ...range, checkpoint: utf8(encodeNote(origin)) })).toEqual(["checkpoint_not_signed"]);
    const signatures = note.signatures.map((signature, at) =>
      at === 1 ? { ...signature, bytes: signature.bytes.with(7, 1) } : signature,
    );
    expect(problemsOf({ ...range, checkpoint: utf8(encodeNote({ ...note, signatures })) })).toEqual([
      "cosignature_wrong",
    ]);
  });

  it("refuses a log that the root did not name, and shows another root by its fingerprint", () => {
    const certificate = encodeNote(certifyLog(logSigner.key, ownerSigner));
    expect(problemsOf(json(range, "keys", { certificate }))).toEqual(["log_not_certified"]);
    expect(verifyEvidence(json(range, "keys", { certificate })).proven).toBe(0);
    const root = encodeVerifierKey(ownerSigner.key);
    const report = verifyEvidence(json(range, "keys", { certificate, root }), { fingerprint });
    expect(report).toMatchObject({
      ok: false,
      pinned: "differs",
      problems: [{ kind: "fingerprint_differs" }],
    });
    const other = encodeNote(certifyLog(otherWitnessSigner.key, rootSigner));
    expect(problemsOf(json(range, "keys", { certificate: other }))).toEqual(["keys_malformed"]);
    const another = encodeNote(certifyLog(ownerSigner.key, rootSigner));
    expect(problemsOf(json(range, "keys", { certificate: another }))).toEqual(["checkpoint_not_signed"]);
  });
});
