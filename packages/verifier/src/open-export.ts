import type { EvidenceFiles } from "@gatehouse/ledger";
import { readZip } from "./read-zip.ts";

/** Member of the evidence → its file. */
export const EXPORT_FILES = {
  events: "events.ndjson",
  checkpoint: "checkpoint",
  proofs: "proofs.json",
  keys: "keys.json",
  personal: "personal.ndjson",
  seams: "seams.json",
} as const;

/** Largest size of each when it is unpacked. A million events of 16 KiB are never all of that size; JSON is one text. */
const MAX_BYTES: ReadonlyMap<string, number> = new Map([
  [EXPORT_FILES.events, 2_000_000_000],
  [EXPORT_FILES.personal, 2_000_000_000],
  [EXPORT_FILES.proofs, 500_000_000],
  [EXPORT_FILES.checkpoint, 1_000_000],
  [EXPORT_FILES.keys, 1_000_000],
  [EXPORT_FILES.seams, 1_000_000],
]);

type Part = keyof typeof EXPORT_FILES;

const REQUIRED: readonly Part[] = ["events", "checkpoint", "proofs", "keys"];

export type OpenedExport =
  | { readonly state: "complete"; readonly files: EvidenceFiles }
  | { readonly state: "incomplete"; readonly missing: readonly string[] }
  | { readonly state: "unreadable" };

/** The files of a zip. Takes any bytes; what is not part of the evidence is not unpacked. */
export function openZip(zip: Uint8Array): OpenedExport {
  try {
    return collectExport(readZip(zip, (name) => MAX_BYTES.get(name)));
  } catch {
    // Reading beyond the end throws, as the library does in many shapes; whichever it is, this is no export.
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
