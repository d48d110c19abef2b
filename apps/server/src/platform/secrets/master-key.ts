import { hkdfSync } from "node:crypto";
import { join } from "node:path";
import { AppError, type Random, Secret } from "@gatehouse/base";
import { createPrivateFile, ensurePrivateFolder, readPrivateFile } from "@gatehouse/base/private-file";

/** The installation's root secret, 32 bytes. Never used itself: every use has its own key by `deriveKey`. */
export type MasterKey = Secret<Uint8Array>;

const KEY_BYTES = 32;

/**
 * Reads `<dataDir>/secrets/master.key`, made on first need (0600 in a folder of 0700).
 * Two processes that start together end with the same key. Refuses `config.invalid` when the file is
 * open to other users or not 32 bytes long.
 */
export async function openMasterKey(dataDir: string, random: Random): Promise<MasterKey> {
  const folder = join(dataDir, "secrets");
  const path = join(folder, "master.key");
  await ensurePrivateFolder(folder);
  let bytes = await readPrivateFile(path);
  if (bytes === undefined) {
    await createPrivateFile(path, random.bytes(KEY_BYTES), random);
    bytes = await readPrivateFile(path);
  }
  if (bytes?.length !== KEY_BYTES) {
    throw new AppError("config.invalid", {
      path,
      reason: `The key must be ${KEY_BYTES} bytes. Restore it from a backup.`,
    });
  }
  return new Secret(bytes);
}

/** A key for one purpose. `info` names the purpose and, once used, never changes ("column/device-secret"). */
export function deriveKey(master: MasterKey, info: string, lengthBytes = KEY_BYTES): Uint8Array {
  return hkdfSha256(master.reveal(), "", `gatehouse-v1/${info}`, lengthBytes);
}

/** Seed of the installation's trust root, an Ed25519 key: it vouches for the keys of the channel and of the ledger. */
export const trustRootSeed = (master: MasterKey): Uint8Array => deriveKey(master, "channel/trust-root");

/** HKDF-SHA256, extract and expand (RFC 5869). At most 8,160 bytes (§2.3). Text is taken as UTF-8. */
export function hkdfSha256(
  inputKey: Uint8Array,
  salt: string | Uint8Array,
  info: string | Uint8Array,
  lengthBytes: number,
): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", inputKey, salt, info, lengthBytes));
}
