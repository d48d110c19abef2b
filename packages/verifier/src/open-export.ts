import type { EvidenceFiles } from "@gatehouse/ledger";
import { unzipSync } from "fflate";

/** Largest file of an export when it is unpacked: a million events of 16 KiB are never all of that size. */
const MAX_FILE_BYTES = 2_000_000_000;

/** Member of the evidence → its file. */
export const EXPORT_FILES = {
  events: "events.ndjson",
  checkpoint: "checkpoint",
  proofs: "proofs.json",
  keys: "keys.json",
  personal: "personal.ndjson",
  seams: "seams.json",
} as const;

type Part = keyof typeof EXPORT_FILES;

const REQUIRED: readonly Part[] = ["events", "checkpoint", "proofs", "keys"];

export type OpenedExport =
  | { readonly state: "complete"; readonly files: EvidenceFiles }
  | { readonly state: "incomplete"; readonly missing: readonly string[] }
  | { readonly state: "unreadable" };

/**
 * The files of a zip. Takes any bytes; what is not part of the evidence is not unpacked. A name that is there twice
 * makes it unreadable: another program would take the other one.
 */
export function openZip(zip: Uint8Array): OpenedExport {
  const names: readonly string[] = Object.values(EXPORT_FILES);
  try {
    const seen = new Set<string>();
    const isWanted = ({ name, originalSize }: { name: string; originalSize: number }): boolean => {
      if (!names.includes(name)) return false;
      if (seen.has(name)) throw new Error(`${name} is there twice`);
      seen.add(name);
      return originalSize <= MAX_FILE_BYTES;
    };
    return collectExport(new Map(Object.entries(unzipSync(zip, { filter: isWanted }))));
  } catch {
    // The library throws errors of many shapes; whichever it is, this is no export.
    return { state: "unreadable" };
  }
}

/** The same of files that lie beside each other, by name. */
export function collectExport(found: ReadonlyMap<string, Uint8Array>): OpenedExport {
  const missing = REQUIRED.map((part) => EXPORT_FILES[part]).filter((name) => !found.has(name));
  if (missing.length > 0) return { state: "incomplete", missing };
  const bytesOf = (part: Part): Uint8Array => found.get(EXPORT_FILES[part]) ?? new Uint8Array(0);
  return {
    state: "complete",
    files: {
      events: bytesOf("events"),
      checkpoint: bytesOf("checkpoint"),
      proofs: bytesOf("proofs"),
      keys: bytesOf("keys"),
      personal: bytesOf("personal"),
      seams: bytesOf("seams"),
    },
  };
}
