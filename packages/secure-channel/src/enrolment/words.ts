import { wordlist } from "@scure/bip39/wordlists/english.js";
import { concat } from "../primitives/bytes.ts";
import { sha256 } from "../primitives/hash.ts";
import { label } from "./wire.ts";

const LABEL = label("GH-words-v1");
const WORDS = 4;
/** 2,048 words (BIP-39). */
const BITS = 11;

/**
 * What a person compares on both sides after an enrolment: 44 bits of the request and the answer. Nobody in
 * between can choose keys that give the same four words within the life of a claim code.
 */
export function fourWords(transcript: Uint8Array, answer: Uint8Array): string[] {
  const digest = sha256(concat([LABEL, sha256(transcript), sha256(answer)]));
  return wordsOfBytes(digest, WORDS);
}

/** The first bits of `bytes` as words of the BIP-39 list, eleven bits a word. */
export function wordsOfBytes(bytes: Uint8Array, count: number): string[] {
  const length = Math.ceil((count * BITS) / 8);
  let bits = 0n;
  for (const byte of bytes.subarray(0, length)) bits = (bits << 8n) | BigInt(byte);
  return Array.from({ length: count }, (_, at) => {
    const shift = BigInt(8 * length - (at + 1) * BITS);
    return wordlist[Number((bits >> shift) & 2047n)] as string;
  });
}
