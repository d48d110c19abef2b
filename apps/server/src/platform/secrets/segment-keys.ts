import { createCipheriv, createDecipheriv } from "node:crypto";
import { AppError, type Random } from "@gatehouse/base";
import { deriveKey, hkdfSha256, type MasterKey } from "./master-key.ts";
import { openSecret, sealSecret } from "./seal.ts";

const KEY_BYTES = 32;
/** AIV of RFC 5649 §3. */
const WRAP_IV = Buffer.from("a65959a6", "hex");
const WRAP = "id-aes256-wrap-pad";

/** A segment of a recording; its key opens under this name alone. */
export interface SegmentName {
  readonly cameraId: string;
  readonly segmentId: string;
}

/** Wraps the keys of one organisation's recordings. */
export interface SegmentKeys {
  /** AES-KWP (RFC 5649): 40 bytes for a key of 32. */
  wrap(name: SegmentName, key: Uint8Array): Uint8Array;
  /** Refuses `secret.unreadable` for the key of another segment, camera, organisation or generation. */
  unwrap(name: SegmentName, wrapped: Uint8Array): Uint8Array;
}

/** A new generation of the key over an organisation's recordings, wrapped under the master key. */
export const newRecordingKey = (
  master: MasterKey,
  tenantId: string,
  generation: number,
  random: Random,
): Uint8Array =>
  sealSecret(wrappingKey(master), random.bytes(KEY_BYTES), contextOf(tenantId, generation), random);

/**
 * The key of each segment is wrapped under one that is derived from the organisation's key and the names of camera and
 * segment, so that wrapped keys cannot change places.
 */
export function openRecordingKey(
  master: MasterKey,
  tenantId: string,
  generation: number,
  sealed: Uint8Array,
): SegmentKeys {
  const tenantKey = openSecret(wrappingKey(master), sealed, contextOf(tenantId, generation));
  const keyOf = ({ cameraId, segmentId }: SegmentName): Uint8Array =>
    hkdfSha256(tenantKey, "", `gatehouse-v1/recordings/segment/${cameraId}/${segmentId}`, KEY_BYTES);
  return {
    wrap(name, key) {
      const cipher = createCipheriv(WRAP, keyOf(name), WRAP_IV);
      return Buffer.concat([cipher.update(key), cipher.final()]);
    },
    unwrap(name, wrapped) {
      try {
        const cipher = createDecipheriv(WRAP, keyOf(name), WRAP_IV);
        return Buffer.concat([cipher.update(wrapped), cipher.final()]);
      } catch (cause) {
        throw new AppError("secret.unreadable", {}, { cause });
      }
    },
  };
}

const wrappingKey = (master: MasterKey): Uint8Array => deriveKey(master, "recordings/tenant-key");
const contextOf = (tenantId: string, generation: number): string =>
  `recordings/tenant-key/${tenantId}/${generation}`;
