import type { Random } from "@gatehouse/base";
import { HEADER_BYTES } from "../session/frames.ts";

/** A whole number from 0 to below `limit`. */
export const below = (random: Random, limit: number): number => Math.floor(random.ratio() * limit);

/** Alters a frame in one of the ways that break parsers: bits, bytes, lengths, repeats, swaps, splices. */
export function mutate(frame: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const at = below(random, frame.length);
  const copy = Uint8Array.from(frame);
  switch (below(random, 8)) {
    case 0:
      return frame.slice(0, at);
    case 1:
      return Uint8Array.from([...frame, ...random.bytes(1 + below(random, 64))]);
    case 2:
      return Uint8Array.from([...frame.subarray(0, at), ...frame.subarray(at + 1)]);
    case 3:
      return Uint8Array.from([...frame.subarray(0, at), ...other.subarray(at)]);
    case 4:
      copy.fill(random.ratio() < 0.5 ? 0 : 0xff, at, at + 1 + below(random, 16));
      return copy;
    case 5:
      copy[below(random, Math.min(HEADER_BYTES, copy.length))] = below(random, 256);
      return copy;
    default:
      for (let flips = 1 + below(random, 3); flips > 0; flips--) {
        const byte = below(random, copy.length);
        copy[byte] = (copy[byte] as number) ^ (1 << below(random, 8));
      }
      return copy;
  }
}
