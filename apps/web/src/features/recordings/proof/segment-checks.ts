import { parseVerifierKey } from "@gatehouse/ledger";
import {
  type Frame,
  framesRootOf,
  isManifestSignedBy,
  isVideo,
  parseManifest,
  type SegmentManifest,
} from "@gatehouse/video";
import { type CheckState, checkEntry, type EntryProof } from "../../audit/entry-checks.ts";
import type { Segment } from "../player/chunks.ts";
import { hexOf, sha256 } from "./digest.ts";
import { checkRoot, type RootEvidence, rootFingerprint } from "./root-check.ts";

/** What this browser was given about one segment; what is absent was not to be had. */
export interface SegmentEvidence {
  readonly segment: Segment;
  /** Every frame of it, in order; `damaged` when one of its chunks does not open. */
  readonly frames: readonly Frame[] | "damaged";
  readonly manifest: string | undefined;
  /** Of whoever signs manifests, as it is published (C2SP signed-note). */
  readonly verifierKey: string | undefined;
  readonly root: RootEvidence | undefined;
  readonly entry: EntryProof | undefined;
}

export const SEGMENT_CHECKS = [
  "opened",
  "pictures",
  "signature",
  "root",
  "entry",
  "place",
  "checkpoint",
] as const;
export type SegmentCheck = (typeof SEGMENT_CHECKS)[number];
export type SegmentChecks = Readonly<Record<SegmentCheck, CheckState>>;

export interface SegmentReport {
  readonly checks: SegmentChecks;
  readonly manifest: SegmentManifest | undefined;
  readonly framesRoot: string | undefined;
  readonly manifestSha256: string | undefined;
  /** Of the installation's root, as this browser computes it. */
  readonly fingerprint: string | undefined;
}

/** What another root vouches for than the one that this browser knows is worth nothing here. */
export function underKnownRoot<Report extends Pick<SegmentReport, "checks" | "fingerprint">>(
  report: Report,
  knownFingerprint: string | undefined,
): Report {
  if (knownFingerprint === undefined || report.fingerprint === knownFingerprint) return report;
  return { ...report, checks: { ...report.checks, root: "failed" } };
}

const stateOf = (isProven: boolean): CheckState => (isProven ? "proven" : "failed");

/** Everything is computed here: the server is not believed. */
export async function checkSegment(evidence: SegmentEvidence): Promise<SegmentReport> {
  const { segment, frames, manifest: text, entry } = evidence;
  const signed = text === undefined ? undefined : parseManifest(text);
  const framesRoot = frames === "damaged" ? undefined : await rootOfFrames(frames);
  const manifestSha256 = text === undefined ? undefined : hexOf(await sha256(new TextEncoder().encode(text)));
  const log = entry && checkEntry(entry);
  return {
    checks: {
      opened: stateOf(frames !== "damaged"),
      pictures: picturesOf(segment, frames, framesRoot, text, signed?.manifest),
      signature: signatureOf(evidence, signed),
      root: rootOf(evidence),
      entry: entryOf(segment, entry, manifestSha256, log?.event),
      place: log?.place ?? "absent",
      checkpoint: log?.checkpoint ?? "absent",
    },
    manifest: signed?.manifest,
    framesRoot,
    manifestSha256,
    fingerprint: evidence.root && rootFingerprint(evidence.root.rootKey),
  };
}

/** Verified: nothing was absent, nothing failed. Without a signature nothing says what it was. */
export function verdictOf(checks: SegmentChecks): "verified" | "sealed" | "unknown" | "tampered" {
  const states = SEGMENT_CHECKS.map((check) => checks[check]);
  if (states.includes("failed")) return "tampered";
  if (!states.includes("absent")) return "verified";
  return checks.signature === "proven" ? "sealed" : "unknown";
}

async function rootOfFrames(frames: readonly Frame[]): Promise<string> {
  const digests: Uint8Array[] = [];
  for (const { bytes } of frames) digests.push(await sha256(bytes));
  return hexOf(framesRootOf(digests));
}

/** The pictures are the ones that the manifest names, all of them, in order, of this camera and time. */
function picturesOf(
  segment: Segment,
  frames: readonly Frame[] | "damaged",
  framesRoot: string | undefined,
  text: string | undefined,
  manifest: SegmentManifest | undefined,
): CheckState {
  if (text === undefined) return "absent";
  if (manifest === undefined || frames === "damaged") return "failed";
  const at = (frame: Frame | undefined) => segment.startMs + (frame?.offsetMs ?? 0);
  const device = frames.flatMap(({ deviceMs }) => deviceMs ?? []);
  return stateOf(
    manifest.segment === segment.id &&
      manifest.camera === segment.cameraId &&
      manifest.frames === frames.length &&
      manifest.framesRoot === framesRoot &&
      manifest.firstMs === at(frames[0]) &&
      manifest.lastMs === at(frames.at(-1)) &&
      manifest.deviceFirstMs === (device[0] ?? null) &&
      manifest.deviceLastMs === (device.at(-1) ?? null) &&
      manifest.codec === (frames.some(isVideo) ? "h264-fmp4" : "jpeg"),
  );
}

function signatureOf(
  { manifest, verifierKey }: SegmentEvidence,
  signed: ReturnType<typeof parseManifest>,
): CheckState {
  if (manifest === undefined || verifierKey === undefined) return "absent";
  try {
    return stateOf(signed !== undefined && isManifestSignedBy(signed, parseVerifierKey(verifierKey.trim())));
  } catch {
    return "failed";
  }
}

const rootOf = ({ root, verifierKey }: SegmentEvidence): CheckState =>
  root === undefined || verifierKey === undefined ? "absent" : checkRoot(root, verifierKey);

/** The log's entry is about this segment and holds the hash of this manifest. */
function entryOf(
  segment: Segment,
  proof: EntryProof | undefined,
  manifestSha256: string | undefined,
  event: CheckState | undefined,
): CheckState {
  if (proof?.event === undefined || manifestSha256 === undefined) return "absent";
  if (event !== "proven") return event ?? "absent";
  try {
    const logged = JSON.parse(proof.event) as {
      kind?: unknown;
      subject?: { id?: unknown };
      data?: { manifestSha256?: unknown };
    };
    return stateOf(
      logged.kind === "recording.sealed" &&
        logged.subject?.id === segment.id &&
        logged.data?.manifestSha256 === manifestSha256,
    );
  } catch {
    return "failed";
  }
}
