import { encodeEvent, encodeNote, parseNote, type WitnessedCheckpoint } from "@gatehouse/ledger";
import { eventOf, MOMENT_S, TestLog } from "../../../ledger/src/testing/test-log.ts";
import { type BadExport, type Expected, found, hashes, log, replaced } from "./bad-exports.ts";

const BACK_SIZE = 35;
const back = new TestLog();
back.append(log.lines);
back.append([encodeEvent({ ...eventOf(42), time: "2026-11-20T10:00:00.000Z" })]);
const [before, then] = [
  back.seenAt(20, MOMENT_S + 20),
  back.seenAt(BACK_SIZE, MOMENT_S + BACK_SIZE),
] as const;
const another = new TestLog();
another.append([...log.lines.slice(1), log.lines[0] as Uint8Array]);
const spoilt = (one: WitnessedCheckpoint): WitnessedCheckpoint => {
  const spoiltNote = parseNote(one.checkpoint);
  const signatures = spoiltNote.signatures.map((line, at) =>
    at === 1 ? { ...line, bytes: line.bytes.with(7, 1) } : line,
  );
  return { ...one, checkpoint: encodeNote({ ...spoiltNote, signatures }) };
};
const whole = back.exportRange(30, 40);
const witnessed = (title: string, list: unknown, expected: Expected, evidence = whole): BadExport =>
  replaced(title, "witnessed", typeof list === "string" ? list : JSON.stringify(list), expected, evidence);
const UNREADABLE = found(10, "witnessed_malformed");
const WRONG = found(10, "witnessed_wrong");

/** Every manipulation of the earlier checkpoints of an export, and of the time of an event. */
export const BAD_WITNESSED: readonly BadExport[] = [
  witnessed("earlier checkpoints as they were", [before, then], found(10)),
  witnessed("no earlier checkpoint", [], found(10)),
  witnessed("an event of yesterday", [before, then], found(1, "back_dated 42"), back.exportRange(42, 43)),
  witnessed("one alone", [before, then], found(1, "back_dated 42"), back.exportEntries([42])),
  witnessed("one whose witness was taken out", [], found(1), back.exportEntries([42])),
  witnessed(
    "several that a witness saw nothing of for ten minutes and more",
    [back.seenAt(BACK_SIZE, MOMENT_S + BACK_SIZE + 602)],
    found(10, "back_dated 35", "back_dated 36"),
  ),
  witnessed("one of another past", [another.seenAt(20, MOMENT_S), then], WRONG),
  witnessed("one with the proof of another", [{ ...before, proof: then.proof }, then], WRONG),
  witnessed(
    "one of the size of all, with a proof",
    [{ ...back.seenAt(43, MOMENT_S), proof: then.proof }],
    WRONG,
  ),
  witnessed("one of the size of all", [back.seenAt(43, MOMENT_S)], found(10)),
  witnessed("one of no event", [back.seenAt(0, MOMENT_S)], found(10)),
  witnessed(
    "one that nobody signed",
    [{ ...then, checkpoint: then.checkpoint.replace("\n35\n", "\n34\n") }],
    WRONG,
  ),
  witnessed("one with a cosignature of another time", [spoilt(before), then], found(10, "cosignature_wrong")),
  witnessed("earlier checkpoints that fall", [then, before], UNREADABLE),
  witnessed("an earlier checkpoint twice", [then, then], UNREADABLE),
  witnessed("65 of them", Array(65).fill(then), UNREADABLE),
  witnessed("a proof of half a hash", [{ ...then, proof: hashes(1).slice(0, 24) }], UNREADABLE),
  witnessed("a proof of 64 hashes", [{ ...then, proof: hashes(64) }], UNREADABLE),
  witnessed("an earlier checkpoint that is none", [{ ...then, checkpoint: "35" }], UNREADABLE),
  witnessed("a list of texts", ["35"], UNREADABLE),
  witnessed("no list", { ...then }, UNREADABLE),
  witnessed("nothing", "", UNREADABLE),
  witnessed("a member that is too deep", `[${"[".repeat(40)}${"]".repeat(40)}]`, UNREADABLE),
];
