import { sha256 } from "@noble/hashes/sha2.js";
import { Encrypter } from "age-encryption";
import { strToU8 } from "fflate";
import { hexOf } from "../clip/frames.ts";
import { filesOf } from "./bad-exports.ts";
import { clipFiles, evidenceOf, recorded } from "./clips.ts";

/** A bundle of two clips with a film of the first and a report, its names sorted as they stand here. */
export function caseFiles(): Record<string, Uint8Array> {
  const parts = recorded(3);
  const clips = [{ segments: parts.segments.slice(1) }, { segments: parts.segments.slice(0, 1) }];
  const content: Record<string, Uint8Array> = {
    ...filesOf(evidenceOf(parts)),
    "report.pdf": strToU8("%PDF"),
    "clips/01/film.mp4": strToU8("a film"),
    ...Object.fromEntries(
      clips.flatMap((clip, at) =>
        Object.entries(clipFiles(clip)).map(([name, bytes]) => [`clips/0${at + 1}/${name}`, bytes]),
      ),
    ),
  };
  const hashes = Object.entries(content).map(([name, bytes]) => [name, hexOf(sha256(bytes))]);
  const files = Object.fromEntries(hashes);
  return { ...content, "case.json": strToU8(JSON.stringify({ v: 1, files })) };
}

/** Encrypted as a whole, with less work for the password than real ones ask. */
export function lockedWith(passphrase: string, zip: Uint8Array): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(10);
  encrypter.setPassphrase(passphrase);
  return encrypter.encrypt(zip);
}
