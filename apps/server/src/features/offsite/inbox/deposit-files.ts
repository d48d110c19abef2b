import { parseVerifierKey } from "@gatehouse/ledger";
import { isManifestSignedBy, parseManifest } from "@gatehouse/video";
import type { Blobs } from "../../../platform/blobs/index.ts";
import { createSha256, sha256Hex } from "../../../platform/secrets/index.ts";
import type { ReceivedRecord } from "./inbox-store.ts";

type Placed = Pick<ReceivedRecord, "inboxId" | "tenantId" | "cameraId" | "segmentId">;

const base = ({ inboxId, tenantId, cameraId, segmentId }: Placed): string =>
  `${inboxId}/${tenantId}/${cameraId}/${segmentId}`;
export const segmentBlob = (copy: Placed): string => `${base(copy)}.ghs`;
export const keyBlob = (copy: Placed): string => `${base(copy)}.key`;

const PIECE_BYTES = 1_048_576;
/** The manifest stands at the end of a segment's file. */
const MANIFEST_BYTES = 8_192;
const MANIFEST_TITLE = "gatehouse-segment/v1\n";

export interface Digests {
  readonly bytes: number;
  readonly sha256: string;
  readonly keySha256: string;
}

/** What is on the disk of a copy, read now; undefined when a file of it is not there. */
export async function digestsOf(blobs: Blobs, copy: ReceivedRecord): Promise<Digests | undefined> {
  const key = await blobs.read(keyBlob(copy), 0, copy.keyBytes + 1);
  const bytes = await blobs.size(segmentBlob(copy));
  if (key === undefined || bytes === undefined) return undefined;
  return { bytes, sha256: await digestOf(blobs, copy, bytes), keySha256: sha256Hex(key) };
}

async function digestOf(blobs: Blobs, copy: ReceivedRecord, bytes: number): Promise<string> {
  const hash = createSha256();
  for (let at = 0; at < bytes; at += PIECE_BYTES) {
    const piece = await blobs.read(segmentBlob(copy), at, Math.min(bytes, at + PIECE_BYTES));
    if (piece === undefined) break;
    hash.update(piece);
  }
  return hash.hex();
}

/** Whether the manifest at its end is signed by this key, and says what stands before it. */
export async function isSigned(blobs: Blobs, copy: ReceivedRecord, senderKey: string): Promise<boolean> {
  const from = Math.max(0, copy.bytes - MANIFEST_BYTES);
  const end = await blobs.read(segmentBlob(copy), from, copy.bytes);
  if (end === undefined) return false;
  const at = Buffer.from(end).lastIndexOf(MANIFEST_TITLE);
  if (at === -1) return false;
  const signed = parseManifest(new TextDecoder().decode(end.subarray(at)));
  if (signed === undefined || !isManifestSignedBy(signed, parseVerifierKey(senderKey))) return false;
  const { camera, segment, sealedBytes, sealedSha256 } = signed.manifest;
  const isIts = camera === copy.cameraId && segment === copy.segmentId && sealedBytes === from + at;
  return isIts && (await digestOf(blobs, copy, sealedBytes)) === sealedSha256;
}
