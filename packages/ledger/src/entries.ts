import { concatBytes } from "@noble/hashes/utils.js";
import { malformed } from "./refusal.ts";
import { TILE_WIDTH } from "./tiles.ts";

/** An entry bundle of C2SP tlog-tiles: each entry behind its length in 2 bytes, big-endian. */
const LENGTH_BYTES = 2;
const MAX_ENTRY_BYTES = 0xffff;

export function encodeEntries(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length > TILE_WIDTH) throw new RangeError("a bundle has at most 256 entries");
  const pieces = entries.flatMap((entry) => {
    if (entry.length > MAX_ENTRY_BYTES) throw new RangeError("an entry has at most 65,535 bytes");
    return [Uint8Array.of(entry.length >> 8, entry.length), entry];
  });
  return concatBytes(...pieces);
}

/** The entries of a bundle: exactly `width` of them, and nothing behind. */
export function parseEntries(bytes: Uint8Array, width: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at + LENGTH_BYTES <= bytes.length && entries.length < width) {
    const start = at + LENGTH_BYTES;
    const end = start + ((bytes[at] as number) << 8) + (bytes[at + 1] as number);
    if (end > bytes.length) break;
    entries.push(bytes.slice(start, end));
    at = end;
  }
  if (entries.length !== width || at !== bytes.length)
    throw malformed("entries", "the bundle does not hold as many entries as it should");
  return entries;
}
