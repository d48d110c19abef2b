import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, object, UnixMs } from "../schemas.ts";

/** 1 = C1 (secp256k1, AES-CBC and HMAC), 2 = M1 (X25519, Ed25519, AES-GCM). */
export const SuiteId = Type.Union([Type.Literal(1), Type.Literal(2)], {
  description: "1 = C1, 2 = M1",
});
export type SuiteId = Static<typeof SuiteId>;
/** Strongest first. */
export const SUITE_IDS: readonly SuiteId[] = [2, 1];
export const SUITE_NAMES: Readonly<Record<SuiteId, string>> = { 1: "C1", 2: "M1" };

/** Base64url without padding of `bytes` bytes, at most. */
export const base64url = (maxBytes: number) =>
  Type.String({
    maxLength: Math.ceil((maxBytes * 4) / 3),
    pattern: "^[A-Za-z0-9_-]+$",
    description: "base64url without padding",
  });

/** First eight bytes of a digest over a bundle. */
export const KeyId = Type.String({ pattern: "^[0-9a-f]{16}$", description: "Key id, lower-case hex" });

/** The server's own bundle, which the trust root vouches for. */
export const ServerKey = object({
  suite: SuiteId,
  keyId: KeyId,
  agreementKey: base64url(65),
  signingKey: base64url(65),
  notBeforeMs: UnixMs,
  notAfterMs: UnixMs,
  signature: base64url(64),
});
export type ServerKey = Static<typeof ServerKey>;

export const ServerKeySet = object({ suite: SuiteId, current: ServerKey, next: ServerKey });
export type ServerKeySet = Static<typeof ServerKeySet>;

export const listServerKeys = endpoint({
  method: "GET",
  path: "/api/v1/channel/keys",
  tag: "device side",
  audience: "public",
  perMinute: 600,
  summary: "Trust root, server keys and the version of the revocation list",
  reply: object({
    root: base64url(32),
    suites: Type.Array(SuiteId),
    servers: Type.Array(ServerKeySet),
    revocations: object({ version: Type.Integer(), issuedMs: UnixMs }),
  }),
});

export const rotateServerKeys = endpoint({
  method: "POST",
  path: "/api/v1/channel/keys/rotate",
  tag: "secure channel",
  audience: "operator",
  permission: "installation.write",
  stepUp: true,
  fourEyes: "channel",
  records: ["key.rotated"],
  summary: "The next server key becomes the current one; the old one is taken for the overlap",
  body: object({ suite: SuiteId }),
  reply: Done,
});
