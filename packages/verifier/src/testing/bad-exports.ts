import {
  certifyLog,
  cosign,
  type EvidenceFiles,
  encodeBase64,
  encodeCheckpoint,
  encodeEvent,
  encodeNote,
  encodeVerifierKey,
  hidePersonal,
  type Note,
  parseNote,
  signNote,
} from "@gatehouse/ledger";
import { strFromU8, strToU8, zipSync } from "fflate";
import {
  NOT_CANONICAL_KEY,
  oddSignature,
  rawWitnessKey,
  SMALL_ORDER_KEY,
} from "../../../ledger/src/testing/odd-signatures.ts";
import { logSigner, ownerSigner, rootSigner, witnessSigner } from "../../../ledger/src/testing/parties.ts";
import { eventOf, MOMENT_S, TestLog } from "../../../ledger/src/testing/test-log.ts";
import { EXPORT_FILES } from "../open-export.ts";

/** What every verifier has to say of an export. */
export interface Expected {
  /** Each problem with its index, in any order; undefined when this is no export at all. */
  readonly problems: readonly string[] | undefined;
  /** Lines that are proven nevertheless. */
  readonly proven?: number;
  readonly revealed?: number;
  readonly witnesses?: readonly (number | "wrong")[];
}

/** An export that somebody tampered with. */
export interface BadExport extends Expected {
  readonly title: string;
  readonly zip: Uint8Array;
}

type Part = keyof EvidenceFiles;

const SALT = new Uint8Array(32).fill(3);
export const log = TestLog.of(40);
log.append([
  encodeEvent({ ...eventOf(40), personal: { email: hidePersonal(SALT, "email", "ada@example.com") } }),
  strToU8('{"kind":"a","kind":"b"}'),
]);
/** Ten events of a log of 42. */
export const RANGE: EvidenceFiles = log.exportRange(30, 40);
const SINGLE = log.exportEntries([3, 17, 18, 40]);

export const filesOf = (evidence: EvidenceFiles): Record<string, Uint8Array> => {
  const parts = Object.entries(EXPORT_FILES) as [Part, string][];
  return Object.fromEntries(
    parts.flatMap(([part, name]) => (evidence[part] === undefined ? [] : [[name, evidence[part]]])),
  );
};

const textOf = (part: Part, evidence = RANGE): string => strFromU8(evidence[part] ?? new Uint8Array());

/** The export with one file replaced. */
export const replaced = (
  title: string,
  part: Part,
  content: string,
  expected: Expected,
  evidence = RANGE,
): BadExport => ({
  title,
  zip: zipSync(filesOf({ ...evidence, [part]: strToU8(content) }), { level: 1 }),
  ...expected,
});
const json = (title: string, part: Part, change: object, expected: Expected, evidence = RANGE): BadExport =>
  replaced(
    title,
    part,
    JSON.stringify({ ...JSON.parse(textOf(part, evidence)), ...change }),
    expected,
    evidence,
  );

export const found = (proven: number, ...problems: string[]): Expected => ({ proven, problems });
const nothing = (...problems: string[]): Expected => found(0, ...problems);

const lines = (title: string, change: (lines: string[]) => void, expected: Expected): BadExport => {
  const changed = textOf("events").trimEnd().split("\n");
  change(changed);
  return replaced(title, "events", changed.map((line) => `${line}\n`).join(""), expected);
};
const edited = (line = ""): string => line.replace('"home"', '"away"');
const copy = (from: number, to: number) => (changed: string[]) => {
  changed.splice(to, 0, changed[from] as string);
};

const LINES: readonly BadExport[] = [
  lines("nothing changed", () => undefined, found(10)),
  lines("an event changed", (all) => all.splice(5, 1, edited(all[5])), found(9, "changed 35")),
  lines("an event deleted", (all) => all.splice(5, 1), found(9, "missing 35")),
  lines("the last events cut off", (all) => all.splice(8), found(8, "missing 38", "missing 39")),
  lines(
    "neighbours swapped",
    (all) => all.splice(4, 0, ...all.splice(5, 1)),
    found(10, "swapped 34", "swapped 35"),
  ),
  lines("a line added", (all) => all.splice(5, 0, "{}"), found(10, "added")),
  lines("an empty line added at the end", (all) => all.push(""), found(10, "added")),
  lines("a line copied before its place", copy(7, 0), found(10, "added")),
  lines("a line copied to the end", copy(2, 10), found(10, "added")),
  lines("a line copied over another", (all) => all.splice(2, 1, all[7] as string), found(9, "changed 32")),
  lines(
    "a line copied twice",
    (all) => all.splice(1, 0, all[7] as string, all[7] as string),
    found(10, "added", "added"),
  ),
  lines(
    "one deleted, one changed, one copied",
    (all) => {
      all.splice(8, 1, edited(all[8]));
      all.splice(3, 1);
      all.push(all[0] as string);
    },
    found(8, "missing 33", "changed 38", "added"),
  ),
  {
    title: "a logged line that is not canonical",
    zip: zipSync(filesOf(log.exportRange(40, 42))),
    ...found(1, "not_canonical 41"),
  },
];

export const hashes = (count: number): string => encodeBase64(new Uint8Array(32 * count));
const proofs = textOf("proofs");
const { entries } = JSON.parse(textOf("proofs", SINGLE)) as { entries: readonly object[] };
const [first, second, third, fourth] = entries;
const single = (title: string, changed: unknown, expected: Expected): BadExport =>
  json(title, "proofs", { entries: changed }, expected, SINGLE);
const MALFORMED = nothing("proofs_malformed");

const PROOFS: readonly BadExport[] = [
  replaced("proofs that are no JSON", "proofs", "{", MALFORMED),
  replaced("proofs behind a byte order mark", "proofs", `\ufeff${proofs}`, MALFORMED),
  replaced("proofs that are null", "proofs", "null", MALFORMED),
  replaced("proofs that are a list", "proofs", "[]", MALFORMED),
  json("proofs of an unknown form", "proofs", { form: "ranges" }, MALFORMED),
  json("proofs with a member more", "proofs", { more: 1 }, MALFORMED),
  json("proofs that begin between two indexes", "proofs", { from: 30.5 }, MALFORMED),
  json("half a hash", "proofs", { right: hashes(1).slice(0, 24) }, MALFORMED),
  json("more hashes than a tree has levels", "proofs", { left: hashes(107) }, MALFORMED),
  json("a listed index outside of the range", "proofs", { listed: [29, 30] }, MALFORMED),
  json("a listed index twice", "proofs", { listed: [31, 31] }, MALFORMED),
  json(
    "a list without one of the lines",
    "proofs",
    { listed: [30, 31, 32, 33, 34, 35, 36, 37, 38] },
    found(9, "added"),
  ),
  json("a range beyond the end", "proofs", { from: 33 }, nothing("root_differs")),
  json("a range at another place", "proofs", { from: 31 }, nothing("root_differs")),
  replaced("a member twice, last as it was", "proofs", proofs.replace("{", '{"from":7,'), found(10)),
  replaced(
    "a member twice, last another",
    "proofs",
    proofs.replace(/\}$/, ',"from":7}'),
    nothing("root_differs"),
  ),
  replaced("a number in another writing", "proofs", proofs.replace('"from":30', '"from" : 3e1'), found(10)),
  single("single entries as they were", entries, found(4)),
  single("one entry twice", [first, first, second, third, fourth], MALFORMED),
  single("entries out of order", [second, first, third, fourth], MALFORMED),
  single("entries that are a text", "entries", MALFORMED),
  single("an entry with two leaves", [{ ...first, leaf: hashes(2) }, second, third, fourth], MALFORMED),
  single("an entry elsewhere", [{ ...first, index: 4 }, second, third, fourth], found(3, "proof_wrong 4")),
  single(
    "an entry beyond the end",
    [first, second, third, { ...fourth, index: 42 }],
    found(3, "proof_wrong 42"),
  ),
];

const note = parseNote(textOf("checkpoint"));
const head = { origin: logSigner.key.name, size: log.size, root: log.root };
const checkpoint = (title: string, changed: Note | string, expected: Expected): BadExport =>
  replaced(title, "checkpoint", typeof changed === "string" ? changed : encodeNote(changed), expected);
const saying = (...extensions: string[]): Note =>
  signNote(encodeCheckpoint({ ...head, extensions }), logSigner);
const signedOddly = (odd: "none" | "cofactor" | "s"): Note => {
  const { name, id } = logSigner.key;
  const bytes = oddSignature(name, strToU8(note.text), odd);
  return { text: note.text, signatures: [{ name, keyId: id, bytes }] };
};
const cosigned = (...cosignatures: Note["signatures"]): Note => ({
  text: note.text,
  signatures: [...note.signatures.slice(0, 1), ...cosignatures],
});
const [early, late] = [MOMENT_S, MOMENT_S + 60].map((timeS) => cosign(note.text, timeS, witnessSigner));
if (early === undefined || late === undefined) throw new Error("two cosignatures are needed");
const UNREAD = nothing("checkpoint_malformed");

const CHECKPOINTS: readonly BadExport[] = [
  checkpoint("a checkpoint behind a byte order mark", `\ufeff${textOf("checkpoint")}`, UNREAD),
  checkpoint("a checkpoint without signatures", note.text, UNREAD),
  checkpoint("a checkpoint with an empty line", saying("", "x"), UNREAD),
  checkpoint("a checkpoint with a control character", saying("\u0007"), UNREAD),
  checkpoint("a checkpoint with 17 lines more", saying(..."abcdefghijklmnopq"), UNREAD),
  checkpoint("a checkpoint with lines that mean nothing", saying("x", "\u007f\u0085"), found(10)),
  checkpoint(
    "a checkpoint of another size",
    textOf("checkpoint").replace("\n42\n", "\n43\n"),
    nothing("checkpoint_not_signed", "cosignature_wrong", "root_differs"),
  ),
  checkpoint("a signature made anew", signedOddly("none"), found(10)),
  checkpoint(
    "a signature that holds with the cofactor alone",
    signedOddly("cofactor"),
    nothing("checkpoint_not_signed"),
  ),
  checkpoint("a signature whose s is too large by L", signedOddly("s"), nothing("checkpoint_not_signed")),
  checkpoint("a witness that cosigned twice", cosigned(late, early), {
    ...found(10),
    witnesses: [MOMENT_S + 60],
  }),
  checkpoint(
    "a witness of whose two cosignatures one is wrong",
    cosigned({ ...late, bytes: late.bytes.with(7, 1) }, early),
    { ...found(10, "cosignature_wrong"), witnesses: ["wrong"] },
  ),
];

const keys = textOf("keys");
const [root, witness] = [encodeVerifierKey(rootSigner.key), encodeVerifierKey(witnessSigner.key)];
const noCertificate = signNote("gatehouse-ledger-key/v1\nno key\n", rootSigner);
const WRONG_KEYS = nothing("keys_malformed");
/** A member that is nested so deeply, the object around it not counted. */
const deep = (levels: number): string =>
  keys.replace("{", `{"more":${"[".repeat(levels)}${"]".repeat(levels)},`);

const KEYS: readonly BadExport[] = [
  replaced("keys that are no JSON", "keys", "", WRONG_KEYS),
  json("a root that is a number", "keys", { root: 1 }, WRONG_KEYS),
  json(
    "a root whose id is another's",
    "keys",
    { root: root.replace(/\+[0-9a-f]{8}\+/, "+00000000+") },
    WRONG_KEYS,
  ),
  json(
    "a witness of small order",
    "keys",
    { witnesses: [rawWitnessKey("odd", SMALL_ORDER_KEY)] },
    WRONG_KEYS,
  ),
  json(
    "a witness whose key is not canonical",
    "keys",
    { witnesses: [rawWitnessKey("odd", NOT_CANONICAL_KEY)] },
    WRONG_KEYS,
  ),
  json("129 witnesses", "keys", { witnesses: Array(129).fill(witness) }, WRONG_KEYS),
  json("witnesses that are a text", "keys", { witnesses: "" }, WRONG_KEYS),
  json("a witness twice", "keys", { witnesses: [witness, witness] }, { ...found(10), witnesses: [MOMENT_S] }),
  replaced("a member that means nothing", "keys", deep(31), found(10)),
  replaced("a member that is too deep", "keys", deep(32), WRONG_KEYS),
  replaced("a member that is far too deep", "keys", deep(50_000), WRONG_KEYS),
  replaced("a lone surrogate", "keys", keys.replace("{", '{"more":"\\ud800",'), WRONG_KEYS),
  replaced("a member twice, the last as it was", "keys", keys.replace("{", '{"root":"",'), found(10)),
  json(
    "a certificate by another",
    "keys",
    { certificate: encodeNote(certifyLog(logSigner.key, ownerSigner)) },
    nothing("log_not_certified"),
  ),
  json(
    "a certificate of another log",
    "keys",
    { certificate: encodeNote(certifyLog(ownerSigner.key, rootSigner)) },
    nothing("checkpoint_not_signed"),
  ),
  json(
    "a certificate of a witness's key",
    "keys",
    { certificate: encodeNote(certifyLog(witnessSigner.key, rootSigner)) },
    WRONG_KEYS,
  ),
  json("a certificate that names no key", "keys", { certificate: encodeNote(noCertificate) }, WRONG_KEYS),
  json("a certificate that is no note", "keys", { certificate: "certificate" }, WRONG_KEYS),
  json(
    "a certificate that says anything, by another",
    "keys",
    { certificate: encodeNote({ ...noCertificate, text: "x\n" }) },
    nothing("log_not_certified"),
  ),
];

const right = { index: 40, name: "email", value: "ada@example.com", salt: encodeBase64(SALT) };
const revealing = (title: string, revealed: readonly string[], expected: Expected): BadExport =>
  replaced(title, "personal", revealed.map((line) => `${line}\n`).join(""), expected, SINGLE);
const reveal = (title: string, change: object, problem: string): BadExport =>
  revealing(title, [JSON.stringify({ ...right, ...change })], { ...found(4, problem), revealed: 0 });

const PERSONAL: readonly BadExport[] = [
  revealing("one value twice", [JSON.stringify(right), JSON.stringify(right)], { ...found(4), revealed: 2 }),
  reveal("another value", { value: "eve@example.com" }, "personal_differs 40"),
  reveal("another salt", { salt: hashes(1) }, "personal_differs 40"),
  reveal("a salt of 31 bytes", { salt: encodeBase64(SALT.subarray(1)) }, "personal_malformed"),
  reveal("no salt", { salt: "" }, "personal_malformed"),
  reveal("a value of an event that is not here", { index: 39 }, "personal_differs 39"),
  reveal("a value of no index", { index: -1 }, "personal_malformed"),
  reveal("a value that is a number", { value: 7 }, "personal_malformed"),
  reveal("a name of no value", { name: "toString" }, "personal_differs 40"),
  reveal("a lone surrogate in a value", { value: "\ud800" }, "personal_malformed"),
  revealing("an empty line", [JSON.stringify(right), ""], { ...found(4, "personal_malformed"), revealed: 1 }),
];

/** Every manipulation of what is in an export; `badZips` has those of what it is in. */
export const BAD_EXPORTS: readonly BadExport[] = [...LINES, ...PROOFS, ...CHECKPOINTS, ...KEYS, ...PERSONAL];
