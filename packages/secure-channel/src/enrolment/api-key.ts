import { GCM_NONCE_BYTES, gcmOpen, gcmSeal } from "../primitives/aes-gcm.ts";
import { concat } from "../primitives/bytes.ts";
import { hmacSha256, sha256 } from "../primitives/hash.ts";
import { label } from "./wire.ts";

const LABEL = label("api-key");
/** The key is of one answer only, since the transcript holds the server's nonce. */
const NONCE = new Uint8Array(GCM_NONCE_BYTES);
const NOTHING = new Uint8Array(0);

const keyOf = (claimKey: Uint8Array, transcript: Uint8Array): Uint8Array =>
  hmacSha256(claimKey, [LABEL, sha256(transcript)]);

/**
 * The device's API key under the claim: TLS is not verified yet when a device enrols, and whoever stands in between
 * must not learn it. AES-256-GCM, ciphertext ‖ tag.
 */
export const sealApiKey = (claimKey: Uint8Array, transcript: Uint8Array, apiKey: string): Uint8Array =>
  concat(gcmSeal(keyOf(claimKey, transcript), NONCE, NOTHING, [new TextEncoder().encode(apiKey)]));

/** Undefined when it was not sealed under this claim and transcript. */
export function openApiKey(
  claimKey: Uint8Array,
  transcript: Uint8Array,
  sealed: Uint8Array,
): string | undefined {
  const opened = gcmOpen(keyOf(claimKey, transcript), NONCE, NOTHING, sealed);
  return opened && new TextDecoder().decode(opened);
}
