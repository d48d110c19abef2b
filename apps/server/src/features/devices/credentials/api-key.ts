import { type Clock, newUuid, type Random, type Uuid } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";
import { newApiKey, sealSecret } from "../../../platform/secrets/index.ts";
import { groupFingerprint } from "../../../platform/tls/index.ts";
import { sealContext } from "./authenticator.ts";
import type { CredentialRow, NewCredential } from "./credential-store.ts";

/** The security tag people compare: the first 16 bytes of SHA-256 in groups. */
export const securityTag = (sha256: string): string => groupFingerprint(sha256.slice(0, 32));

/**
 * A fresh key: the row to store and the reply that shows it once. SHA-256 is enough to check a bearer; the sealed
 * text is kept beside it because an HMAC token can only be checked with the key itself.
 */
export function makeApiKey(
  deviceId: Uuid,
  { clock, random, sealKey }: { clock: Clock; random: Random; sealKey: Uint8Array },
): { readonly row: NewCredential; readonly shown: devices.NewApiKey } {
  const credentialId = newUuid(clock, random);
  const key = newApiKey(random);
  return {
    row: {
      credentialId,
      deviceId,
      kind: "api_key",
      publicId: key.keyId,
      sha256: key.sha256Hex,
      sealed: sealSecret(sealKey, key.text, sealContext(credentialId), random),
      createdMs: clock.nowMs(),
      expiresMs: undefined,
    },
    shown: { deviceId, keyId: key.keyId, apiKey: key.text, fingerprint: securityTag(key.sha256Hex) },
  };
}

export function viewCredential(row: CredentialRow): devices.Credential {
  return {
    id: row.credentialId,
    kind: row.kind,
    publicId: row.publicId,
    fingerprint: securityTag(row.sha256),
    createdMs: row.createdMs,
    ...(row.lastUsedMs === undefined ? {} : { lastUsedMs: row.lastUsedMs }),
    ...(row.expiresMs === undefined ? {} : { expiresMs: row.expiresMs }),
    ...(row.revokedMs === undefined ? {} : { revokedMs: row.revokedMs }),
  };
}
