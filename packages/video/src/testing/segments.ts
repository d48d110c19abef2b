import { createCipheriv, createDecipheriv, hash, hkdfSync } from "node:crypto";
import { CIPHERS, type CipherId, type SegmentCrypto, TAG_BYTES } from "../segment/crypto.ts";
import { FRAME_KINDS, type Frame } from "../segment/frames.ts";
import { createHeader, type OpenSegment } from "../segment/header.ts";
import { SegmentWriter } from "../segment/writer.ts";

const nameOf = (cipher: CipherId) => (cipher === CIPHERS.aes256gcm ? "aes-256-gcm" : "chacha20-poly1305");

export const nodeCrypto: SegmentCrypto = {
  seal(cipher, key, nonce, aad, plaintext) {
    const sealer = createCipheriv(nameOf(cipher) as "aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
    sealer.setAAD(aad);
    return Buffer.concat([sealer.update(plaintext), sealer.final(), sealer.getAuthTag()]);
  },
  open(cipher, key, nonce, aad, sealed) {
    const opener = createDecipheriv(nameOf(cipher) as "aes-256-gcm", key, nonce, {
      authTagLength: TAG_BYTES,
    });
    opener.setAAD(aad);
    opener.setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      return new Uint8Array(Buffer.concat([opener.update(sealed.subarray(0, -TAG_BYTES)), opener.final()]));
    } catch {
      return undefined;
    }
  },
  sha256: (bytes) => new Uint8Array(hash("sha256", bytes, "buffer")),
  hkdfSha256: (key, salt, info, length) => new Uint8Array(hkdfSync("sha256", key, salt, info, length)),
};

const filled = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

export const testKey = filled(32, 7);

export const openTestSegment = (cipher: CipherId = CIPHERS.aes256gcm, key = testKey, id = 2): OpenSegment =>
  createHeader(
    { cameraId: filled(16, 1), segmentId: filled(16, id), startMs: 1_795_000_000_000, cipher },
    key,
    filled(7, 9),
    nodeCrypto,
  );

export const frameAt = (offsetMs: number, bytes: Uint8Array, deviceMs?: number): Frame => ({
  kind: FRAME_KINDS.jpeg,
  offsetMs,
  deviceMs,
  isKey: true,
  bytes,
});

/** A segment's file as its writer makes it, `perChunk` frames in each chunk. */
export function writeSegment(frames: readonly Frame[], segment = openTestSegment(), perChunk = 2) {
  const writer = new SegmentWriter(segment, nodeCrypto);
  const pieces: Uint8Array[] = [segment.header.bytes];
  frames.forEach((frame, at) => {
    writer.add(frame);
    const chunk = at % perChunk === perChunk - 1 || at === frames.length - 1 ? writer.takeChunk() : undefined;
    if (chunk !== undefined) pieces.push(chunk);
  });
  const { bytes, manifest } = writer.finish({
    previous: null,
    detections: [{ person: 1 }],
    sealedSha256: (last) => nodeCrypto.sha256(Buffer.concat([...pieces, last])),
  });
  return { file: Uint8Array.from(Buffer.concat([...pieces, bytes])), pieces: [...pieces, bytes], manifest };
}
