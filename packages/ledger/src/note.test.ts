import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAddCheckpoint } from "./add-checkpoint.ts";
import { encodeCheckpoint, openCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import { addCosignatures, cosign, findCosignature } from "./cosignature.ts";
import {
  encodeNote,
  encodeSignatureLine,
  isSignedBy,
  parseNote,
  parseSignatureLines,
  signNote,
} from "./note.ts";
import { createSigner, logSigner, otherWitnessSigner, witnessSigner } from "./testing/parties.ts";
import { MOMENT_S, TestLog } from "./testing/test-log.ts";
import { createVerifierKey, encodeVerifierKey, KEY_TYPES, parseVerifierKey } from "./verifier-key.ts";

const malformed = expect.objectContaining({ code: "ledger.malformed" });
const log = TestLog.of(5);

describe("a signed note", () => {
  it("verifies the example of C2SP signed-note", () => {
    const key = parseVerifierKey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
    const text = [
      "This is an example message.",
      "",
      "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=",
      "",
    ].join("\n");
    const note = parseNote(text);
    expect(note.text).toBe("This is an example message.\n");
    expect(isSignedBy(note, key)).toBe(true);
    expect(isSignedBy({ ...note, text: "This is another message.\n" }, key)).toBe(false);
    expect(encodeNote(note)).toBe(text);
    expect(encodeVerifierKey(key)).toContain("+530d903a+");
  });

  it("ends its text at the last empty line", () => {
    const note = signNote("one\n\ntwo\n", logSigner);
    expect(parseNote(encodeNote(note))).toEqual(note);
  });

  it("counts as signed only when every signature in the key's name holds", () => {
    const note = log.checkpoint();
    const [own] = note.signatures;
    if (own === undefined) throw new Error("unsigned");
    const wrong = { ...own, bytes: own.bytes.map((byte, at) => (at === 9 ? byte ^ 1 : byte)) };
    const foreign = { ...wrong, keyId: "00000000" };
    expect(isSignedBy({ ...note, signatures: [own, foreign] }, logSigner.key)).toBe(true);
    expect(isSignedBy({ ...note, signatures: [own, wrong] }, logSigner.key)).toBe(false);
    expect(isSignedBy({ ...note, signatures: [foreign] }, logSigner.key)).toBe(false);
    expect(isSignedBy({ ...note, signatures: [{ ...own, bytes: own.bytes.slice(1) }] }, logSigner.key)).toBe(
      false,
    );
  });

  it("refuses lines that are no signatures, control characters, too much of anything", () => {
    const [line] = encodeNote(log.checkpoint()).split("\n\n").slice(1);
    const short = "— a AAAAAA==\n";
    for (const note of [
      "",
      "text\n",
      "text\n\n",
      `text\n${line}`,
      `text\n\n${line?.trimEnd()}`,
      `text\n\n${line}more\n`,
      `te\u0000xt\n\n${line}`,
      `te\rxt\n\n${line}`,
      `\ud800\n\n${line}`,
      `text\n\n${line?.replace("— ", "- ")}`,
      `text\n\n${line?.replace(" ", "  ")}`,
      `text\n\n${line?.replace("gatehouse", "gate+house")}`,
      `text\n\n${short}`,
      `text\n\n${line?.repeat(129)}`,
      `${"x".repeat(65_536)}\n\n${line}`,
    ])
      expect(() => parseNote(note), note.slice(0, 80)).toThrow(malformed);
    expect(parseNote(`text\n\n${line?.repeat(128)}`).signatures).toHaveLength(128);
  });
});

describe("a verifier key", () => {
  it("comes back as it was and is refused with another id, name, type or a key of small order", () => {
    const text = encodeVerifierKey(logSigner.key);
    expect(parseVerifierKey(text)).toEqual(logSigner.key);
    const [name, id, base64] = [text.split("+")[0], logSigner.key.id, text.split(`+${logSigner.key.id}+`)[1]];
    for (const wrong of [
      `${name}x+${id}+${base64}`,
      `${name}+00000000+${base64}`,
      `${name}+${id.toUpperCase()}+${base64}`,
      `${name}+${id}+${base64?.slice(4)}`,
      `${name}+${id}+Ag${base64?.slice(2)}`,
      `+${id}+${base64}`,
      `a b+${id}+${base64}`,
      name ?? "",
      "",
      "+".repeat(100_000),
    ])
      expect(() => parseVerifierKey(wrong)).toThrow(malformed);
    const identity = Uint8Array.of(1, ...new Uint8Array(31));
    for (const key of [identity, new Uint8Array(32), new Uint8Array(32).fill(255), new Uint8Array(31)])
      expect(() => createVerifierKey("log", KEY_TYPES.note, key)).toThrow(malformed);
  });

  it("of one type does not verify signatures of the other", () => {
    const asWitness = createVerifierKey(logSigner.key.name, KEY_TYPES.cosignature, logSigner.key.publicKey);
    expect(asWitness.id).not.toBe(logSigner.key.id);
    expect(isSignedBy(log.checkpoint(), asWitness)).toBe(false);
    expect(findCosignature(log.cosigned(), logSigner.key).state).toBe("absent");
  });
});

describe("a checkpoint", () => {
  it("comes back as it was, extension lines too", () => {
    const checkpoint = { origin: "log", size: 7, root: log.root, extensions: ["one", "two"] };
    expect(parseCheckpoint(encodeCheckpoint(checkpoint))).toEqual(checkpoint);
    expect(openCheckpoint(parseNote(encodeNote(log.checkpoint())), logSigner.key)?.size).toBe(5);
  });

  it("is not opened by the key of another log, whoever signed it", () => {
    const other = createSigner("another.example/log");
    expect(openCheckpoint(signNote(log.checkpoint().text, other), other.key)).toBeUndefined();
    expect(openCheckpoint(log.checkpoint(), other.key)).toBeUndefined();
  });

  it("refuses every other writing of the same numbers", () => {
    const [origin, size, root] = log.checkpoint().text.split("\n");
    for (const text of [
      `${origin}\n0${size}\n${root}\n`,
      `${origin}\n+${size}\n${root}\n`,
      `${origin}\n${size}.0\n${root}\n`,
      `${origin}\n9007199254740992\n${root}\n`,
      `${origin}\n${size}\n${root}`,
      `${origin}\n${size}\n${root}\n\n`,
      `${origin}\n\n${root}\n`,
      `${origin}\n${size}\n`,
      `${origin}\n${size}\n${root?.replace("=", "")}\n`,
      `${origin}\n${size}\n${root?.slice(4)}\n`,
      `\n${size}\n${root}\n`,
      `${origin}\r\n${size}\n${root}\n`,
      `${origin}\n${size}\n${root}\n${"x\n".repeat(17)}`,
    ])
      expect(() => parseCheckpoint(text), text).toThrow(malformed);
  });
});

describe("a cosignature", () => {
  it("verifies with its time, and not over another checkpoint or under another time", () => {
    const note = log.cosigned();
    expect(findCosignature(note, witnessSigner.key)).toEqual({ state: "valid", timeS: MOMENT_S });
    expect(findCosignature(note, otherWitnessSigner.key)).toEqual({ state: "absent" });
    const text = TestLog.of(4).checkpoint().text;
    expect(findCosignature({ ...note, text }, witnessSigner.key)).toEqual({ state: "wrong" });
    for (let byte = 0; byte < 72; byte++) {
      const signatures = note.signatures.map((signature) => ({
        ...signature,
        bytes: signature.bytes.map((value, at) => (at === byte ? value ^ 1 : value)),
      }));
      expect(findCosignature({ ...note, signatures }, witnessSigner.key)).toEqual({ state: "wrong" });
    }
  });

  it("is spoiled by a wrong one in the same name", () => {
    const note = log.cosigned();
    const [own, good] = note.signatures;
    if (own === undefined || good === undefined) throw new Error("unsigned");
    const signatures = [own, good, { ...good, bytes: good.bytes.with(30, 1 + (good.bytes[30] ?? 0)) }];
    expect(findCosignature({ ...note, signatures }, witnessSigner.key)).toEqual({ state: "wrong" });
  });

  it("is added only when it is valid and the witness is known, and once", () => {
    const note = log.checkpoint();
    const known = [witnessSigner.key];
    const [first, second] = [MOMENT_S, MOMENT_S + 60].map((timeS) => cosign(note.text, timeS, witnessSigner));
    const other = cosign(note.text, MOMENT_S, otherWitnessSigner);
    if (first === undefined || second === undefined) throw new Error("unsigned");
    expect(parseSignatureLines(encodeSignatureLine(first))).toEqual([first]);
    const broken = { ...first, bytes: first.bytes.slice(1) };
    expect(addCosignatures(note, [other, broken], known)).toEqual(note);
    const once = addCosignatures(note, [first, first], known);
    expect(once.signatures).toHaveLength(2);
    const renewed = addCosignatures(once, [second], known);
    expect(renewed.signatures).toHaveLength(2);
    expect(findCosignature(renewed, witnessSigner.key)).toEqual({ state: "valid", timeS: MOMENT_S + 60 });
    expect(isSignedBy(renewed, logSigner.key)).toBe(true);
  });

  it("is made with a witness's key and a real time only", () => {
    expect(() => cosign(log.checkpoint().text, MOMENT_S, logSigner)).toThrow(malformed);
    for (const timeS of [0, -1, 1.5, Number.NaN, 2 ** 53])
      expect(() => cosign(log.checkpoint().text, timeS, witnessSigner)).toThrow(malformed);
  });
});

it("20,000 mutations of notes, checkpoints and requests end in the one error or in what was read", () => {
  const note = encodeNote(log.cosigned());
  const body = `old 3\n${Buffer.from(log.root).toString("base64")}\n\n${note}`;
  const pieces = [
    "\n",
    "\n\n",
    "— ",
    " ",
    "+",
    "=",
    "old ",
    "0",
    "9".repeat(17),
    "\u0000",
    "\ud800",
    "A".repeat(300),
  ];
  const edit = fc.record({ at: fc.nat(), cut: fc.nat({ max: 40 }), put: fc.constantFrom("", ...pieces) });
  fc.assert(
    fc.property(
      fc.constantFrom(note, body),
      fc.array(edit, { minLength: 1, maxLength: 3 }),
      (given, edits) => {
        let text = given;
        for (const { at, cut, put } of edits) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + put + text.slice(place + cut);
        }
        for (const parse of [parseNote, parseAddCheckpoint, parseCheckpoint]) {
          try {
            const parsed = parse(text);
            // What is read as a note is written back as it was: nothing was overlooked.
            if (parse === parseNote) expect(encodeNote(parsed as ReturnType<typeof parseNote>)).toBe(text);
          } catch (error) {
            expect(error).toEqual(malformed);
          }
        }
      },
    ),
    { numRuns: 20_000 },
  );
}, 60_000);
