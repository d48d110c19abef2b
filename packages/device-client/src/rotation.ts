import { AppError, type Clock, type Random } from "@gatehouse/base";
import {
  agreementProof,
  CONTENT_TYPES,
  encodeRotation,
  generateKeyBundle,
  type KeyBundle,
  signRotation,
} from "@gatehouse/secure-channel";
import type { OutgoingMessage } from "./device-channel.ts";
import type { Identity } from "./identity.ts";
import { encodeJson, fromBase64url, toBase64url } from "./json.ts";

export const newKeysOf = ({ suite }: Identity, random: Random): KeyBundle => generateKeyBundle(suite, random);

/** The announcement of new keys: under the old ones, with a proof by each of the new (docs/channel.md). */
export function announceKeys(
  { keys, server, suite }: Identity,
  next: KeyBundle,
  clock: Clock,
): OutgoingMessage {
  const terms = encodeRotation(keys.keyId, next.keyId);
  const agreement = agreementProof(next, fromBase64url(server.current.agreementKey), terms);
  if (agreement === undefined) throw new AppError("envelope.refused");
  return {
    single: true,
    contentType: CONTENT_TYPES.keys,
    sentMs: clock.nowMs(),
    payload: encodeJson({
      suite,
      agreementKey: toBase64url(next.agreement.raw),
      signingKey: toBase64url(next.signing.raw),
      serverKeyId: server.current.keyId,
      proof: {
        signature: toBase64url(signRotation(next, terms)),
        agreement: toBase64url(agreement),
      },
    }),
  };
}
