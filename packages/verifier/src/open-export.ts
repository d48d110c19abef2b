import type { EvidenceFiles } from "@gatehouse/ledger";
import { CASE_FILE, maxBytesOfCaseFile } from "./case/case-list.ts";
import { CLIP_FILE, maxBytesOfClipFile } from "./clip/clip-list.ts";
import { readZip } from "./read-zip.ts";

/** Member of the evidence → its file. */
export const EXPORT_FILES = {
  events: "events.ndjson",
  checkpoint: "checkpoint",
  proofs: "proofs.json",
  keys: "keys.json",
  personal: "personal.ndjson",
  seams: "seams.json",
  witnessed: "witnessed.json",
} as const;

/** Largest size of each when it is unpacked. A million events of 16 KiB are never all of that size; JSON is one text. */
const MAX_BYTES: ReadonlyMap<string, number> = new Map([
  [EXPORT_FILES.events, 2_000_000_000],
  [EXPORT_FILES.personal, 2_000_000_000],
  [EXPORT_FILES.proofs, 500_000_000],
  [EXPORT_FILES.checkpoint, 1_000_000],
  [EXPORT_FILES.keys, 1_000_000],
  [EXPORT_FILES.seams, 1_000_000],
  [EXPORT_FILES.witnessed, 1_000_000],
]);

type Part = keyof typeof EXPORT_FILES;

const REQUIRED: readonly Part[] = ["events", "checkpoint", "proofs", "keys"];

/** A clip is at most of the size of a zip without ZIP64; what unpacks to much more is none. */
const MAX_UNPACKED_BYTES = 6_000_000_000;

export const maxBytesOf = (name: string): number | undefined =>
  MAX_BYTES.get(name) ?? maxBytesOfClipFile(name) ?? maxBytesOfCaseFile(name);

export type OpenedExport =
  | {
      readonly state: "complete";
      readonly files: EvidenceFiles;
      /** All files by name, where they are those of a clip of a camera. */
      readonly clip?: ReadonlyMap<string, Uint8Array>;
      /** The same where they are those of a bundle of clips. */
      readonly bundle?: ReadonlyMap<string, Uint8Array>;
    }
  | { readonly state: "incomplete"; readonly missing: readonly string[] }
  | { readonly state: "unreadable" };

/** The files of a zip. Takes any bytes; what is not part of the evidence is not unpacked. */
export function openZip(zip: Uint8Array): OpenedExport {
  try {
    return collectExport(readZip(zip, maxBytesOf, MAX_UNPACKED_BYTES));
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
    ...(found.has(CASE_FILE) ? { bundle: found } : found.has(CLIP_FILE) ? { clip: found } : {}),
    files: {
      events: bytesOf("events"),
      checkpoint: bytesOf("checkpoint"),
      proofs: bytesOf("proofs"),
      keys: bytesOf("keys"),
      personal: bytesOf("personal"),
      seams: bytesOf("seams"),
      witnessed: found.get(EXPORT_FILES.witnessed),
    },
  };
}
