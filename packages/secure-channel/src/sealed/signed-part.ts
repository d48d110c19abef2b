import { ascii, concat } from "../primitives/bytes.ts";
import { SIGNATURE_BYTES } from "../primitives/keys.ts";
import { refused } from "../refusal.ts";
import { parseSealedHeader, SEALED_HEADER_BYTES, type SealedHeader } from "./header.ts";

const LABEL = ascii("SX1-sig\0");

/** What the sender signed, readable and checkable without any decryption key. */
export interface SignedPart {
  readonly header: SealedHeader;
  /** The 48 bytes as they were sent: they are what is signed. */
  readonly headerBytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly payload: Uint8Array;
}

/** The 72 bytes under the inner signature. */
export const signedBytes = (headerHash: Uint8Array, payloadHash: Uint8Array): Uint8Array =>
  concat([LABEL, headerHash, payloadHash]);

/** Body of a forwarded message: original header 48 ‖ signature 64 ‖ payload. */
export const encodeForwarded = (part: Omit<SignedPart, "header">): Uint8Array =>
  concat([part.headerBytes, part.signature, part.payload]);

/** Reads the payload of a message whose header says `forwarded`. What was forwarded is not itself a forwarding. */
export function parseForwarded(payload: Uint8Array): SignedPart {
  const header = parseSealedHeader(payload);
  const start = SEALED_HEADER_BYTES + SIGNATURE_BYTES;
  if (header.forwarded || payload.length < start) throw refused("malformed");
  return {
    header,
    headerBytes: payload.subarray(0, SEALED_HEADER_BYTES),
    signature: payload.subarray(SEALED_HEADER_BYTES, start),
    payload: payload.subarray(start),
  };
}
