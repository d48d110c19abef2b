import { describe, expect, it } from "vitest";
import { encodeBase64 } from "../base64.ts";
import { utf8 } from "../bytes.ts";
import { encodeEvent } from "../events.ts";
import { encodeNote, parseNote } from "../note.ts";
import { createSigner, otherWitnessSigner, witnessSigner } from "../testing/parties.ts";
import { eventOf, MOMENT_S, TestLog, withWitnessed } from "../testing/test-log.ts";
import { witnessedSpan } from "./dated.ts";
import { verifyEvidence } from "./verify.ts";

const DAY_S = 86_400;
const EARLY = 20;
const LATER = 35;

const log = TestLog.of(40);
const seen = [log.seenAt(EARLY, MOMENT_S + EARLY), log.seenAt(LATER, MOMENT_S + LATER)] as const;
const whole = withWitnessed(log.exportRange(10, 40), seen);
const problemsOf = (files: typeof whole): string[] =>
  verifyEvidence(files).problems.map(({ kind, index }) => (index === null ? kind : `${kind} ${index}`));

/** Whoever has every key of the server writes one more entry, a day older than it is. */
function forged(ageS = DAY_S): TestLog {
  const later = new TestLog();
  later.append(log.lines);
  const time = new Date(1_000 * (MOMENT_S + LATER - ageS)).toISOString();
  later.append([encodeEvent({ ...eventOf(40), time })]);
  return later;
}

describe("an export with checkpoints that witnesses cosigned before", () => {
  it("says when they saw the log, and between which of their times each entry came into it", () => {
    const report = verifyEvidence(whole, { witnesses: [witnessSigner.key] });
    expect(report).toMatchObject({ ok: true, witnessed: 2, backDated: [] });
    expect(report.sightings.map(({ size, timeS, isKnown }) => [size, timeS - MOMENT_S, isKnown])).toEqual([
      [EARLY, EARLY, true],
      [LATER, LATER, true],
      [40, 0, true],
    ]);
    const spanOf = (index: number) => {
      const { after, by } = witnessedSpan(report.sightings, index);
      return [after?.size, by?.size];
    };
    expect(spanOf(EARLY - 1)).toEqual([undefined, 40]);
    expect(spanOf(EARLY)).toEqual([EARLY, 40]);
    expect(spanOf(LATER)).toEqual([LATER, 40]);
  });

  it("believes those that the reader knows more than those that came along", () => {
    const known = verifyEvidence(whole, { witnesses: [otherWitnessSigner.key] });
    expect(known.sightings.every(({ isKnown }) => !isKnown)).toBe(true);
    const [first, second] = known.sightings;
    if (first === undefined || second === undefined) throw new Error("too few");
    const mixed = [{ ...first, isKnown: true }, second];
    expect(witnessedSpan(mixed, LATER).after?.size).toBe(EARLY);
    expect(witnessedSpan(mixed, 3).by?.size).toBe(EARLY);
  });

  it("names an entry that says it is older than a log that was seen without it", () => {
    const late = forged();
    const earlier = [late.seenAt(LATER, MOMENT_S + LATER)];
    for (const exported of [late.exportRange(36, 41), late.exportEntries([12, 40])]) {
      const report = verifyEvidence(withWitnessed(exported, earlier));
      expect(report.ok).toBe(false);
      expect(report.problems.map(({ kind, index }) => [kind, index])).toEqual([["back_dated", 40]]);
      expect(report.backDated).toMatchObject([
        { index: 40, time: "2026-11-20T10:00:35.000Z", seen: { size: LATER, witness: "gateway-7.example" } },
      ]);
    }
    expect(problemsOf(late.exportRange(36, 41))).toEqual([]);
  });

  it("holds ten minutes against nobody", () => {
    for (const [ageS, expected] of [
      [600, []],
      [601, ["back_dated 40"]],
    ] as const) {
      const late = forged(ageS);
      const earlier = [late.seenAt(LATER, MOMENT_S + LATER)];
      expect(problemsOf(withWitnessed(late.exportRange(36, 41), earlier))).toEqual(expected);
    }
  });

  it("leaves alone what has no time in the form that servers write, and what is not proven", () => {
    const odd = new TestLog();
    odd.append(log.lines);
    odd.append(
      ["2026-02-30T00:00:00.000Z", "2026-11-20", 7].map((time) => utf8(`{"time":${JSON.stringify(time)}}`)),
    );
    odd.append([utf8("null")]);
    expect(problemsOf(withWitnessed(odd.exportRange(38, 44), [odd.seenAt(40, MOMENT_S + DAY_S)]))).toEqual(
      [],
    );
    const late = forged();
    const files = withWitnessed(late.exportEntries([12, 40]), [late.seenAt(LATER, MOMENT_S + LATER)]);
    expect(problemsOf({ ...files, checkpoint: whole.checkpoint })).not.toContain("back_dated 40");
  });

  it("passes over a checkpoint of another log, another key or another past, and says so", () => {
    const other = new TestLog(createSigner("another.example/log/1"));
    other.append(log.lines);
    const past = new TestLog();
    past.append([...log.lines.slice(1, EARLY), ...log.lines.slice(0, 1), ...log.lines.slice(EARLY)]);
    const [first, second] = seen;
    for (const wrong of [
      other.seenAt(EARLY, MOMENT_S),
      past.seenAt(EARLY, MOMENT_S),
      { ...first, proof: "" },
      { ...first, proof: second.proof },
      { ...first, checkpoint: first.checkpoint.replace("\n20\n", "\n21\n") },
    ]) {
      const report = verifyEvidence(withWitnessed(whole, [wrong, second]));
      expect(report.problems.map(({ kind }) => kind)).toEqual(["witnessed_wrong"]);
      expect(report).toMatchObject({ witnessed: 1, proven: 30 });
    }
  });

  it("names a cosignature that does not hold", () => {
    const note = parseNote(seen[0].checkpoint);
    const signatures = note.signatures.map((one, at) =>
      at === 1 ? { ...one, bytes: one.bytes.with(20, 1) } : one,
    );
    const checkpoint = encodeNote({ ...note, signatures });
    expect(problemsOf(withWitnessed(whole, [{ ...seen[0], checkpoint }, seen[1]]))).toEqual([
      "cosignature_wrong",
    ]);
  });

  it("says of a file that is none that it cannot be read, and of none that there is none", () => {
    const [first, second] = seen;
    for (const odd of [
      "",
      "{}",
      "null",
      JSON.stringify([second, first]),
      JSON.stringify([first, first]),
      JSON.stringify(Array(65).fill(first)),
      JSON.stringify([{ checkpoint: first.checkpoint }]),
      JSON.stringify([{ ...first, proof: "AA==" }]),
      JSON.stringify([{ ...first, proof: encodeBase64(new Uint8Array(64 * 32)) }]),
      JSON.stringify([{ ...first, checkpoint: "20" }]),
      JSON.stringify([null]),
    ])
      expect(verifyEvidence({ ...whole, witnessed: utf8(odd) })).toMatchObject({
        witnessed: null,
        proven: 30,
        problems: [{ kind: "witnessed_malformed" }],
      });
    expect(verifyEvidence(log.exportRange(10, 40))).toMatchObject({ ok: true, witnessed: null });
    expect(verifyEvidence(withWitnessed(whole, []))).toMatchObject({ ok: true, witnessed: 0 });
  });
});
