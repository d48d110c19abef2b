import {
  CIPHERS,
  createHeader,
  encodeFound,
  FRAME_KINDS,
  type Frame,
  SegmentWriter,
  signManifest,
  uuidBytes,
} from "@gatehouse/video";
import { sha256 } from "@noble/hashes/sha2.js";
import { strToU8 } from "fflate";
import { fingerprintOf } from "../../../ledger/src/certificate.ts";
import { rootSigner } from "../../../ledger/src/testing/parties.ts";
import { hexOf } from "../clip/frames.ts";
import type { SealedClip } from "../sealed/sealed-clip.ts";
import { portableCrypto } from "../sealed/segment-crypto.ts";
import { CAMERA, evidenceOf, recorderSigner } from "./clips.ts";

const START_MS = 1_795_255_200_000;
const idOf = (number: number): string => `0191a000-0000-7000-8000-00000000001${number}`;
const filled = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

const frame = (kind: Frame["kind"], offsetMs: number, bytes: Uint8Array): Frame => ({
  ...{ kind, offsetMs, bytes, isKey: true, deviceMs: undefined },
});

/** A sealed clip of `count` segments with pictures and a find, in the log, with its root's fingerprint. */
export function sealedClip(
  count: number,
  camera = CAMERA,
  shows = "picture",
): { readonly clip: SealedClip; readonly fingerprint: string } {
  let previous: string | null = null;
  const made = Array.from({ length: count }, (_, at) => {
    const startMs = START_MS + at * 60_000;
    const key = filled(32, at + 1);
    const frames = [
      frame(FRAME_KINDS.jpeg, 0, strToU8(`${shows} ${at}.0`)),
      frame(FRAME_KINDS.jpeg, 500, strToU8(`${shows} ${at}.1`)),
      frame(
        FRAME_KINDS.found,
        500,
        encodeFound({
          ...{ v: 1, takenMs: startMs, model: "test" },
          boxes: [{ label: "person", score: 0.8, x: 0, y: 0, width: 0.1, height: 0.4 }],
        }),
      ),
      frame(FRAME_KINDS.jpeg, 1_000, strToU8(`${shows} ${at}.2`)),
    ];
    const { file, manifest } = sealedSegment({ camera, segment: idOf(at), startMs, key, frames, previous });
    const note = signManifest(manifest, recorderSigner);
    previous = hexOf(sha256(strToU8(note)));
    return { segment: { segment: idOf(at), startMs, manifest: note, key, file }, manifest };
  });
  const evidence = evidenceOf({
    segments: made.map(({ segment, manifest }) => ({
      ...{ segment: segment.segment, startMs: segment.startMs, manifest, frames: [], offsets: [] },
    })),
  });
  const log = new Map([
    ["events.ndjson", evidence.events],
    ["checkpoint", evidence.checkpoint],
    ["proofs.json", evidence.proofs],
    ["keys.json", evidence.keys],
  ]);
  const segments = made.map(({ segment }) => segment);
  const clip = { camera, fromMs: START_MS, toMs: START_MS + count * 60_000, segments, gaps: [], log };
  return { clip, fingerprint: fingerprintOf(rootSigner.key.publicKey) };
}

function sealedSegment(of: {
  readonly camera: string;
  readonly segment: string;
  readonly startMs: number;
  readonly key: Uint8Array;
  readonly frames: readonly Frame[];
  readonly previous: string | null;
}) {
  const header = createHeader(
    {
      cameraId: uuidBytes(of.camera) as Uint8Array,
      segmentId: uuidBytes(of.segment) as Uint8Array,
      startMs: of.startMs,
      cipher: CIPHERS.aes256gcm,
    },
    of.key,
    filled(7, 9),
    portableCrypto,
  );
  const writer = new SegmentWriter(header, portableCrypto);
  for (const one of of.frames) writer.add(one);
  const chunk = writer.takeChunk() as Uint8Array;
  const head = Buffer.concat([header.header.bytes, chunk]);
  const { bytes, manifest } = writer.finish({
    previous: of.previous,
    detections: [],
    sealedSha256: (last) => sha256(Buffer.concat([head, last])),
  });
  return { file: Uint8Array.from(Buffer.concat([head, bytes])), manifest };
}
