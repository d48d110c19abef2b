/** Where the log has an entry, as the export says it; proven only when the report of that export says so. */
export interface LogPlace {
  readonly index: number;
  /** Base64. */
  readonly leaf: string;
  /** Hashes of its inclusion proof. */
  readonly pathLength: number;
}

const HASH_BYTES = 32;

/** By the id of what the entry is about; empty for an export of another form. */
export function logPlaces(files: {
  readonly events: Uint8Array;
  readonly proofs: Uint8Array;
}): Map<string, LogPlace> {
  const places = new Map<string, LogPlace>();
  try {
    const { entries } = JSON.parse(textOf(files.proofs)) as {
      entries: { index: number; leaf: string; proof: string }[];
    };
    for (const [line, text] of textOf(files.events).split("\n").entries()) {
      const entry = entries[line];
      const { subject } = text === "" ? {} : (JSON.parse(text) as { subject?: { id?: string } });
      if (entry === undefined || subject?.id === undefined || places.has(subject.id)) continue;
      const pathLength = Math.floor((entry.proof.length * 3) / 4 / HASH_BYTES);
      places.set(subject.id, { index: entry.index, leaf: entry.leaf, pathLength });
    }
  } catch {
    // Whatever cannot be read has no places; the report names why.
  }
  return places;
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
