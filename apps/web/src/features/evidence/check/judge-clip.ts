import type { cameras } from "@gatehouse/contract";
import { decodeBase64 } from "@gatehouse/ledger";
import {
  openedAhead,
  portableCrypto,
  type SealedClipReport,
  verifySealedClip,
} from "@gatehouse/verifier/sealed";
import { FRAME_KINDS, type Frame, parseFound } from "@gatehouse/video";
import { checksOf } from "./checks.ts";
import type { CheckedClip, CheckedSegment, OpenedPicture } from "./model.ts";

/** What the server gave, and what this browser knew before. */
export interface ClipToJudge {
  readonly evidence: cameras.ClipEvidence;
  /** By segment; as it lies on the server's disk. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Of the installation's root, as this browser remembers it. */
  readonly fingerprint: string | undefined;
}

/** Everything but the times of the check itself, which are whoever's who asks. */
export type JudgedClip = Omit<CheckedClip, "tookMs" | "checkedMs"> & {
  /** Of the root that vouched for everything; undefined where a check of it failed. */
  readonly fingerprint: string | undefined;
};

/** Opens and judges a clip. Nothing of a segment that is not as it was sealed is among its pictures. */
export async function judgeClip(
  { evidence, files, fingerprint }: ClipToJudge,
  onSegment: () => void = () => undefined,
): Promise<JudgedClip> {
  const given = evidence.segments.map(({ id, startMs, manifest, key }) => ({
    ...{ segment: id, startMs, manifest },
    key: key === undefined ? undefined : decodeBase64(key),
    file: files.get(id) ?? new Uint8Array(0),
  }));
  // Browsers have it in what they take for secure addresses.
  const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle;
  const crypto = subtle === undefined ? portableCrypto : await openedAhead(given, subtle);
  const sealed = verifySealedClip(
    {
      camera: evidence.cameraId,
      ...{ fromMs: evidence.fromMs, toMs: evidence.toMs, gaps: evidence.gaps },
      segments: given,
      log: new Map(evidence.log.map(({ name, base64 }) => [name, decodeBase64(base64) ?? new Uint8Array(0)])),
    },
    fingerprint === undefined ? {} : { fingerprint },
    { crypto, onSegment },
  );
  const segments = evidence.segments.map((one, at) => segmentOf(one, at, sealed));
  const shown = evidence.segments.flatMap(({ startMs }, at) =>
    segments[at]?.state === "changed" ? [] : [{ startMs, frames: sealed.opened[at]?.frames ?? [] }],
  );
  const { report } = sealed;
  return {
    checks: checksOf(evidence, sealed),
    segments,
    pictures: shown.flatMap(picturesOf),
    found: shown.flatMap(({ frames }) =>
      frames.flatMap(({ kind, bytes }) => (kind === FRAME_KINDS.found ? (parseFound(bytes) ?? []) : [])),
    ),
    logIndex: evidence.segments
      .map(({ id }) => sealed.places.get(id)?.index)
      .findLast((index) => index !== undefined),
    fingerprint: report.problemCount === 0 ? report.fingerprint : undefined,
  };
}

function segmentOf(
  { id, firstMs, lastMs }: cameras.EvidenceSegment,
  at: number,
  { opened, report, manifestHashes }: SealedClipReport,
): CheckedSegment {
  const { frames = [], faults = [] } = opened[at] ?? {};
  const judged = report.clip?.segments[at];
  const isChanged = faults.length > 0 || judged === undefined || judged.state === "wrong";
  return {
    segmentId: id,
    state: isChanged ? "changed" : judged.state === "unsigned" ? "unsigned" : "genuine",
    fromMs: judged?.firstMs ?? firstMs,
    toMs: Math.max(judged?.lastMs ?? lastMs, isChanged ? lastMs : 0),
    frames: frames.filter(({ kind }) => kind !== FRAME_KINDS.found && kind !== FRAME_KINDS.mp4Init).length,
    manifestSha256: manifestHashes[at],
  };
}

function picturesOf({
  startMs,
  frames,
}: {
  readonly startMs: number;
  readonly frames: readonly Frame[];
}): OpenedPicture[] {
  const init = frames.find(({ kind }) => kind === FRAME_KINDS.mp4Init)?.bytes as OpenedPicture["init"];
  return frames.flatMap(({ kind, offsetMs, bytes: opened }): OpenedPicture[] => {
    const bytes = opened as OpenedPicture["bytes"];
    const takenMs = startMs + offsetMs;
    if (kind === FRAME_KINDS.jpeg) return [{ kind: "jpeg", takenMs, bytes }];
    if (kind !== FRAME_KINDS.mp4Fragment) return [];
    return [{ kind: "h264", takenMs, bytes, ...(init === undefined ? {} : { init }) }];
  });
}
