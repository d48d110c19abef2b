import type { Blobs } from "../../../platform/blobs/index.ts";

/** Reads what begins a file, and one piece of content; each further piece only when it is let go. */
export function heldReading(read: Blobs["read"], letGo: Promise<unknown>): Blobs["read"] {
  let isBegun = false;
  return async (name, from, to) => {
    if (from > 0 && isBegun) await letGo;
    isBegun ||= from > 0;
    return read(name, from, to);
  };
}
