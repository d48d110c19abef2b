import { fingerprintOf, parseVerifierKey } from "@gatehouse/ledger";
import { wordsOfBytes } from "@gatehouse/secure-channel";
import { sha256 } from "@noble/hashes/sha2.js";
import type { OpenedExport } from "../open-export.ts";

const WORDS = 12;

/** One root in both forms that people compare. */
export interface Fingerprint {
  readonly hex: string;
  readonly words: string;
}

/** Of the root that travels with an export; undefined where its keys cannot be read. */
export function fingerprintIn(opened: OpenedExport): Fingerprint | undefined {
  if (opened.state !== "complete") return undefined;
  try {
    const keys = JSON.parse(new TextDecoder().decode(opened.files.keys)) as { root?: unknown };
    const { publicKey } = parseVerifierKey(String(keys.root));
    return { hex: fingerprintOf(publicKey), words: wordsOfBytes(sha256(publicKey), WORDS).join(" ") };
  } catch {
    // Whatever is wrong with the keys, the report names it.
    return undefined;
  }
}

/** What the reader typed, as hexadecimal where they typed the words of this root. */
export function asTyped(typed: string, found: Fingerprint | undefined): string {
  const words = typed.toLowerCase().split(/[^a-z]+/);
  const isIt = found !== undefined && words.filter((word) => word !== "").join(" ") === found.words;
  return isIt ? found.hex : typed.trim();
}
