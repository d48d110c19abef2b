import { canonicalCode } from "@gatehouse/base";
import { ascii, concat } from "../primitives/bytes.ts";
import { hmacSha256, sha256 } from "../primitives/hash.ts";
import { label } from "./wire.ts";

/** What a device shows of its claim, and the key under which both sides authenticate what they say. */
export interface Claim {
  /** 32 bytes: names the claim and gives nothing away. */
  readonly id: Uint8Array;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

const CLAIM_KEY_LABEL = ascii("GH-claim-key-v1");

/** A claim code as typed (28 Crockford characters, 140 bits). */
export function claimOfCode(typed: string): Claim {
  const code = ascii(canonicalCode(typed));
  return {
    id: sha256(concat([ascii("claim/"), code])),
    key: hmacSha256(code, [CLAIM_KEY_LABEL]),
  };
}

const REGISTRATION_ID = /^[A-Za-z0-9._-]{1,64}$/;

export const isRegistrationId = (text: string): boolean => REGISTRATION_ID.test(text);

/** One device of a batch: `groupKey` (32 bytes) is the group's, `registrationId` its own, for which see `isRegistrationId`. */
export function claimOfGroup(groupId: string, groupKey: Uint8Array, registrationId: string): Claim {
  return {
    id: sha256(ascii(`group/${groupId}/${registrationId}`)),
    key: hmacSha256(groupKey, [label("GH-batch-v1"), ascii(registrationId)]),
  };
}
