import { readFileSync } from "node:fs";
import { hexToBytes } from "@noble/hashes/utils.js";
import { expect, it } from "vitest";
import { utf8 } from "./bytes.ts";
import { verifyEvidence } from "./evidence/verify.ts";
import { parseNote } from "./note.ts";
import { matchesPersonal } from "./personal.ts";
import { openSeam } from "./seam.ts";
import { ledgerVectors } from "./testing/ledger-vectors.ts";
import { ownerSigner } from "./testing/parties.ts";

interface Vectors {
  readonly fingerprint: string;
  readonly certificate: string;
  readonly personal: { saltHex: string; name: string; value: string; hidden: string };
  readonly events: readonly { line: string; leafHex: string }[];
  readonly rootsHex: readonly string[];
  readonly frontierHex: string;
  readonly inclusion: { proofHex: readonly string[] };
  readonly consistency: { proofHex: readonly string[] };
  readonly cosigned: string;
  readonly addCheckpoint: string;
  readonly seam: string;
  readonly keys: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly exports: Readonly<Record<"range" | "entries", Readonly<Record<string, string>>>>;
}

const text = readFileSync(new URL("../vectors/ledger.json", import.meta.url), "utf8");
const page = readFileSync(new URL("../../../docs/verify.md", import.meta.url), "utf8");
const vectors = JSON.parse(text) as Vectors;

it("vectors/ledger.json is what the code makes, byte for byte", () => {
  expect(`${JSON.stringify(ledgerVectors(), undefined, 2)}\n`).toBe(text);
});

it("its exports verify, its hidden value matches, its seam opens", () => {
  for (const name of ["range", "entries"] as const) {
    const file = (path: string): Uint8Array => utf8(vectors.exports[name][path] ?? "");
    const files = {
      events: file("events.ndjson"),
      checkpoint: file("checkpoint"),
      proofs: file("proofs.json"),
      keys: file("keys.json"),
    };
    const report = verifyEvidence(files, { fingerprint: vectors.fingerprint });
    expect(report).toMatchObject({ ok: true, pinned: "pinned", proven: name === "range" ? 3 : 2 });
  }
  const { saltHex, name, value, hidden } = vectors.personal;
  expect(matchesPersonal(hidden, hexToBytes(saltHex), name, value)).toBe(true);
  expect(openSeam(parseNote(vectors.seam), ownerSigner.key)?.oldSize).toBe(5);
});

it("the worked example of docs/verify.md has the bytes of the vectors", () => {
  const shown = [
    vectors.events[3]?.line,
    ...vectors.events.map(({ leafHex }) => leafHex),
    ...vectors.inclusion.proofHex,
    ...vectors.consistency.proofHex,
    vectors.rootsHex[3],
    vectors.rootsHex[5],
    vectors.frontierHex,
    vectors.keys["gatehouse.example/log/1"]?.verifierKey,
    vectors.keys["gatehouse.example/root"]?.verifierKey,
    vectors.fingerprint,
    vectors.personal.saltHex,
    vectors.personal.hidden,
    vectors.exports.range["proofs.json"],
  ];
  for (const value of shown) expect(page).toContain(value ?? "a value is missing");
  for (const block of [vectors.cosigned, vectors.certificate, vectors.addCheckpoint, vectors.seam]) {
    const indented = block.replace(/^(?=.)/gm, "    ");
    expect(page).toContain(indented);
  }
});
