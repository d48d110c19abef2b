import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError, type Random, Secret } from "@gatehouse/base";
import {
  createPrivateFile,
  ensurePrivateFolder,
  readPrivateFile,
  replacePrivateFile,
} from "@gatehouse/base/private-file";
import { fingerprintOfKey, type MasterKey } from "./master-key.ts";
import { openSealedKey, parseSealedKey, type SealedKey, sealMasterKey } from "./sealed-key.ts";

const KEY_BYTES = 32;

/** Asked for only when the key is sealed. */
export type PassphraseSource = () => Promise<string>;

/** What is there of the master key: the key itself, or sealed with a passphrase. */
export type KeyFile =
  | { readonly state: "plain"; readonly fingerprint: string; readonly key: MasterKey }
  | { readonly state: "sealed"; readonly fingerprint: string; readonly sealed: SealedKey };

export const plainKeyPath = (dataDir: string): string => join(dataDir, "secrets", "master.key");
export const sealedKeyPath = (dataDir: string): string => join(dataDir, "secrets", "master.key.sealed");

export interface OpenKeyOptions {
  readonly passphrase?: PassphraseSource;
  /** False where something is there already that the key belongs to: then a lost one is not made anew. */
  readonly mayMake?: boolean;
}

/**
 * The key of a data folder: `secrets/master.key`, 0600 in a folder of 0700, or the same sealed. Made on first need; two
 * processes that start together end with the same. Refuses `key.missing`, `key.passphrase_needed`,
 * `key.passphrase_wrong`, and `config.invalid` when the file is open to other users or of another form.
 */
export async function openMasterKey(
  dataDir: string,
  random: Random,
  { passphrase, mayMake = true }: OpenKeyOptions = {},
): Promise<MasterKey> {
  await ensurePrivateFolder(join(dataDir, "secrets"));
  let file = await findKeyFile(dataDir);
  if (file === undefined) {
    if (!mayMake) throw new AppError("key.missing", { path: plainKeyPath(dataDir) });
    await createPrivateFile(plainKeyPath(dataDir), random.bytes(KEY_BYTES), random);
    file = await findKeyFile(dataDir);
  }
  if (file === undefined) throw new AppError("key.missing", { path: plainKeyPath(dataDir) });
  if (file.state === "plain") return file.key;
  if (passphrase === undefined) throw new AppError("key.passphrase_needed");
  return openSealedKey(file.sealed, await passphrase());
}

/**
 * Of a data folder, or with `read` of a backup, whose files may have lost their modes on the way. Where both forms are
 * there, as after a crash while sealing, the plain one counts.
 */
export async function findKeyFile(dataDir: string, read = readPrivateFile): Promise<KeyFile | undefined> {
  const bytes = await read(plainKeyPath(dataDir));
  if (bytes !== undefined) {
    if (bytes.length !== KEY_BYTES)
      throw invalid(plainKeyPath(dataDir), `The key must be ${KEY_BYTES} bytes. Restore it from a backup.`);
    const key = new Secret(bytes);
    return { state: "plain", key, fingerprint: fingerprintOfKey(key) };
  }
  const text = await read(sealedKeyPath(dataDir));
  if (text === undefined) return undefined;
  const sealed = parseSealedKey(text);
  if (sealed === undefined)
    throw invalid(sealedKeyPath(dataDir), "This is no sealed key. Restore it from a backup.");
  return { state: "sealed", sealed, fingerprint: sealed.fingerprint };
}

/** Durable when it resolves; in place of what is there. */
export async function writePlainKey(dataDir: string, key: MasterKey, random: Random): Promise<void> {
  await ensurePrivateFolder(join(dataDir, "secrets"));
  await replacePrivateFile(plainKeyPath(dataDir), key.reveal(), random);
  await rm(sealedKeyPath(dataDir), { force: true });
}

/** The sealed one is durable, and opens, before the plain one goes. */
export async function writeSealedKey(
  dataDir: string,
  key: MasterKey,
  passphrase: string,
  random: Random,
): Promise<void> {
  const sealed = await sealMasterKey(key, passphrase, random);
  await openSealedKey(sealed, passphrase);
  await ensurePrivateFolder(join(dataDir, "secrets"));
  await replacePrivateFile(
    sealedKeyPath(dataDir),
    Buffer.from(`${JSON.stringify(sealed, null, 1)}\n`),
    random,
  );
  await rm(plainKeyPath(dataDir), { force: true });
}

const invalid = (path: string, reason: string): AppError => new AppError("config.invalid", { path, reason });
