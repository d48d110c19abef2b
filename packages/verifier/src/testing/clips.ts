import {
  type EvidenceFiles,
  encodeEvent,
  encodeNote,
  encodeVerifierKey,
  type Signer,
  signNote,
} from "@gatehouse/ledger";
import { encodeFound, framesRootOf, type SegmentManifest, signManifest } from "@gatehouse/video";
import { sha256 } from "@noble/hashes/sha2.js";
import { strToU8 } from "fflate";
import { createSigner, rootSigner } from "../../../ledger/src/testing/parties.ts";
import { eventOf, TestLog } from "../../../ledger/src/testing/test-log.ts";
import { hexOf } from "../clip/frames.ts";

export const recorderSigner = createSigner("gatehouse/recordings/test");
export const CAMERA = "0191a000-0000-7000-8000-00000000000c";
const START_MS = 1_795_255_200_000;
const MINUTE_MS = 60_000;

/** What a clip consists of, as somebody could change it. */
export interface ClipParts {
  segments: {
    segment: string;
    startMs: number;
    manifest: SegmentManifest;
    frames: Uint8Array[];
    offsets: number[];
    /** Numbers of those that say what was found. */
    found?: number[];
  }[];
}

const idOf = (number: number): string => `0191a000-0000-7000-8000-00000000001${number}`;
const pictureOf = (segment: number, number: number): Uint8Array => strToU8(`picture ${segment}.${number}`);

const foundOf = (segment: number, number: number): Uint8Array =>
  encodeFound({
    ...{ v: 1, takenMs: START_MS + segment * MINUTE_MS + number * 1_000, model: "test" },
    boxes: [{ label: "person", score: 0.9, x: 0.1, y: 0.2, width: 0.1, height: 0.3 }],
  });

/** `count` segments of ten pictures each, one signed after the other. */
export function recorded(count: number, camera = CAMERA, found: number[] = []): ClipParts {
  let previous: string | null = null;
  const segments = Array.from({ length: count }, (_, at) => {
    const frames = Array.from({ length: 10 }, (_picture, number) =>
      found.includes(number) ? foundOf(at, number) : pictureOf(at, number),
    );
    const offsets = frames.map((_frame, number) => number * 1_000);
    const startMs = START_MS + at * MINUTE_MS;
    const manifest: SegmentManifest = {
      ...{ v: 1, camera, segment: idOf(at), codec: "jpeg", frames: 10, previous },
      ...{ firstMs: startMs, lastMs: startMs + 9_000, deviceFirstMs: null, deviceLastMs: null },
      framesRoot: hexOf(framesRootOf(frames.map((frame) => sha256(frame)))),
      ...{ sealedBytes: 1_000, sealedSha256: "0".repeat(64) },
    };
    previous = hexOf(sha256(strToU8(signManifest(manifest, recorderSigner))));
    return { segment: idOf(at), startMs, manifest, frames, offsets, found };
  });
  return { segments };
}

type Spans = readonly { readonly fromMs: number; readonly toMs: number }[];

/** The log with what was sealed, between entries of others. */
export function logOf({ segments }: ClipParts, spans: Spans = []): TestLog {
  const log = TestLog.of(7);
  log.append(
    segments.map(({ manifest, segment }, at) => {
      const { camera: cameraId, firstMs, lastMs, frames } = manifest;
      const manifestSha256 = hexOf(sha256(strToU8(signManifest(manifest, recorderSigner))));
      return encodeEvent({
        ...eventOf(7 + at),
        kind: "recording.sealed",
        actor: { kind: "system", id: "system" },
        subject: { kind: "segment", id: segment },
        data: { cameraId, manifestSha256, firstMs, lastMs, frames },
      });
    }),
  );
  log.append(
    spans.map((span, at) =>
      encodeEvent({
        ...eventOf(7 + segments.length + at),
        kind: "recording.exported",
        subject: { kind: "device", id: CAMERA },
        data: { ...span },
      }),
    ),
  );
  log.append([encodeEvent(eventOf(20))]);
  return log;
}

/** An export of what was sealed, and of these spans that were taken out. */
export function evidenceOf(parts: ClipParts, spans: Spans = []): EvidenceFiles {
  const indexes = Array.from({ length: parts.segments.length + spans.length }, (_, at) => 7 + at);
  return withRecorder(logOf(parts, spans).exportEntries(indexes), rootSigner);
}

/** keys.json with the certificate of the key of recordings, by whom it is asked for, and of keys of cameras. */
export function withRecorder(
  evidence: EvidenceFiles,
  certifier: Signer,
  own: readonly { readonly camera: string; readonly signer: Signer; readonly by?: Signer }[] = [],
): EvidenceFiles {
  const keys = JSON.parse(new TextDecoder().decode(evidence.keys)) as object;
  const text = `gatehouse-recordings-key/v1\n${encodeVerifierKey(recorderSigner.key)}\n`;
  const recordings = encodeNote(signNote(text, certifier));
  const cameras = own.map(({ camera, signer, by = recorderSigner }) => {
    const lines = ["gatehouse-camera-key/v1", camera, encodeVerifierKey(signer.key), ""];
    return encodeNote(signNote(lines.join("\n"), by));
  });
  return {
    ...evidence,
    keys: strToU8(JSON.stringify({ ...keys, recordings, ...(own.length === 0 ? {} : { cameras }) })),
  };
}

/** The files of a clip; manifests by whoever signs. */
export function clipFiles(
  { segments }: ClipParts,
  { camera = CAMERA, signer = recorderSigner }: { camera?: string; signer?: Signer } = {},
): Record<string, Uint8Array> {
  const listed = segments.map(({ segment, startMs, frames, offsets, found }) => ({
    ...{ segment, startMs },
    frames: frames.map((frame, at) => [
      found?.includes(at) ? 4 : 1,
      ...[offsets[at] ?? 0, 0, frame.length, hexOf(sha256(frame))],
    ]),
  }));
  const [first, last] = [segments[0], segments.at(-1)];
  const list = {
    v: 1,
    camera,
    fromMs: first?.startMs ?? 0,
    toMs: (last?.startMs ?? 0) + 5_000,
    segments: listed,
  };
  return {
    "clip.json": strToU8(JSON.stringify(list)),
    ...Object.fromEntries(
      segments.flatMap(({ segment, manifest, frames, found }) => [
        [`manifests/${segment}.txt`, strToU8(signManifest(manifest, signer))],
        ...frames.map((frame, at) => [
          `frames/${segment}/${String(at).padStart(5, "0")}.${found?.includes(at) ? "json" : "jpg"}`,
          frame,
        ]),
      ]),
    ),
  };
}
