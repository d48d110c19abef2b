import { AppError, type UnixMs } from "@gatehouse/base";
import {
  importPublicBundle,
  importTrustRoot,
  isSuiteId,
  type PublicBundle,
  type SuiteId,
  verifyServerKey,
} from "@gatehouse/secure-channel";
import { type Static, Type } from "typebox";
import { fromBase64url } from "./json.ts";

const Key = Type.String({ maxLength: 128 });

/** A server bundle as it travels, signed by the installation's trust root. */
export const ServerKeyJson = Type.Object({
  suite: Type.Integer(),
  keyId: Type.String({ pattern: "^[0-9a-f]{16}$" }),
  agreementKey: Key,
  signingKey: Key,
  notBeforeMs: Type.Integer({ minimum: 0 }),
  notAfterMs: Type.Integer({ minimum: 0 }),
  signature: Key,
});
export type ServerKeyJson = Static<typeof ServerKeyJson>;

/** What a device knows of the server's keys: the one to use and, before a change, the one to follow. */
export const ServerKeysJson = Type.Object({
  current: ServerKeyJson,
  next: Type.Optional(ServerKeyJson),
});
export type ServerKeysJson = Static<typeof ServerKeysJson>;

export interface ServerKey {
  readonly bundle: PublicBundle;
  readonly notBeforeMs: UnixMs;
  readonly notAfterMs: UnixMs;
}

/** The key, when the root signed exactly this; refuses `envelope.refused` otherwise. */
export function verifiedServerKey(json: ServerKeyJson, root: string): ServerKey {
  const { suite, notBeforeMs, notAfterMs } = json;
  const [agreementKey, signingKey] = [fromBase64url(json.agreementKey), fromBase64url(json.signingKey)];
  const rootKey = importTrustRoot(fromBase64url(root));
  if (rootKey === undefined || !isSuiteId(suite)) throw new AppError("envelope.refused");
  const bundle = importPublicBundle(suite, agreementKey, signingKey);
  const terms = { suite, agreementKey, signingKey, notBeforeMs, notAfterMs };
  const isSigned = verifyServerKey(rootKey, terms, fromBase64url(json.signature));
  if (!isSigned || bundle?.keyId !== json.keyId) throw new AppError("envelope.refused");
  return { bundle, notBeforeMs, notAfterMs };
}

/**
 * What is offered, when it may replace what is known: of our suite, signed by the root, and not older (an attacker
 * who kept an old answer of the server gains nothing). Undefined when nothing changes.
 */
export function followServerKeys(
  known: ServerKeysJson,
  offered: ServerKeysJson,
  root: string,
  suite: SuiteId,
): ServerKeysJson | undefined {
  for (const key of [offered.current, offered.next]) {
    if (key === undefined) continue;
    verifiedServerKey(key, root);
    if (key.suite !== suite) throw new AppError("envelope.refused");
  }
  if (offered.current.notBeforeMs < known.current.notBeforeMs) return undefined;
  const isSame = offered.current.keyId === known.current.keyId && offered.next?.keyId === known.next?.keyId;
  return isSame ? undefined : offered;
}
