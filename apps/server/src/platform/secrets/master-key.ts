import { hkdfSync } from "node:crypto";
import type { Secret } from "@gatehouse/base";
import { fingerprintOf } from "@gatehouse/ledger";
import { ed25519Signer } from "./ed25519.ts";

/** The installation's root secret, 32 bytes. Never used itself: every use has its own key by `deriveKey`. */
export type MasterKey = Secret<Uint8Array>;

const KEY_BYTES = 32;

/** A key for one purpose. `info` names the purpose and, once used, never changes ("column/device-secret"). */
export function deriveKey(master: MasterKey, info: string, lengthBytes = KEY_BYTES): Uint8Array {
  return hkdfSha256(master.reveal(), "", `gatehouse-v1/${info}`, lengthBytes);
}

/** Seed of the installation's trust root, an Ed25519 key: it vouches for the keys of the channel and of the ledger. */
export const trustRootSeed = (master: MasterKey): Uint8Array => deriveKey(master, "channel/trust-root");

/** The trust root's fingerprint, by which people know the installation: it also tells whose a master key is. */
export const fingerprintOfKey = (master: MasterKey): string =>
  fingerprintOf(ed25519Signer(trustRootSeed(master)).publicKey);

/** HKDF-SHA256, extract and expand (RFC 5869). At most 8,160 bytes (§2.3). Text is taken as UTF-8. */
export function hkdfSha256(
  inputKey: Uint8Array,
  salt: string | Uint8Array,
  info: string | Uint8Array,
  lengthBytes: number,
): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", inputKey, salt, info, lengthBytes));
}
