import { AppError, isAppError, type Random, Secret } from "@gatehouse/base";
import { hashRaw } from "@node-rs/argon2";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { fingerprintOfKey, type MasterKey } from "./master-key.ts";
import { openSecret, sealSecret } from "./seal.ts";

/** Three times what a log-in costs and thrice over: it is done once a start, and a Raspberry Pi still can. */
const COST = { memoryKib: 65_536, passes: 3, lanes: 1 } as const;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const CONTEXT = "master-key";

/** A passphrase protects as long as its file is stolen and tried offline: shorter ones do not. */
const MIN_PASSPHRASE_LENGTH = 12;

/** `secrets/master.key.sealed` */
const SealedKey = Type.Object(
  {
    format: Type.Literal(1),
    /** Of the installation's trust root: whose key it is, told without the passphrase. */
    fingerprint: Type.String({ maxLength: 39 }),
    argon2id: Type.Object({
      memoryKib: Type.Integer({ minimum: 8, maximum: 1_048_576 }),
      passes: Type.Integer({ minimum: 1, maximum: 32 }),
      lanes: Type.Integer({ minimum: 1, maximum: 16 }),
      salt: Type.String({ maxLength: 100 }),
    }),
    sealed: Type.String({ maxLength: 200 }),
  },
  { additionalProperties: false },
);
export type SealedKey = Static<typeof SealedKey>;

/** Refuses `key.passphrase_weak`. */
export async function sealMasterKey(
  master: MasterKey,
  passphrase: string,
  random: Random,
): Promise<SealedKey> {
  if ([...passphrase].length < MIN_PASSPHRASE_LENGTH)
    throw new AppError("key.passphrase_weak", { minLength: MIN_PASSPHRASE_LENGTH });
  const argon2id = { ...COST, salt: Buffer.from(random.bytes(SALT_BYTES)).toString("base64") };
  const sealed = sealSecret(await stretch(passphrase, argon2id), master.reveal(), CONTEXT, random);
  const fingerprint = fingerprintOfKey(master);
  return { format: 1, fingerprint, argon2id, sealed: Buffer.from(sealed).toString("base64") };
}

/** Refuses `key.passphrase_wrong`. */
export async function openSealedKey(
  { argon2id, sealed, fingerprint }: SealedKey,
  passphrase: string,
): Promise<MasterKey> {
  try {
    const key = await stretch(passphrase, argon2id);
    const master = new Secret(openSecret(key, Buffer.from(sealed, "base64"), CONTEXT));
    if (fingerprintOfKey(master) === fingerprint) return master;
  } catch (error) {
    if (!isAppError(error, "secret.unreadable")) throw error;
  }
  throw new AppError("key.passphrase_wrong");
}

/** Undefined when the bytes are no sealed key. */
export function parseSealedKey(bytes: Uint8Array): SealedKey | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return Check(SealedKey, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Argon2id, which the library takes where no other is named. */
const stretch = (passphrase: string, { memoryKib, passes, lanes, salt }: SealedKey["argon2id"]) =>
  hashRaw(passphrase.normalize("NFC"), {
    memoryCost: memoryKib,
    timeCost: passes,
    parallelism: lanes,
    outputLen: KEY_BYTES,
    salt: Buffer.from(salt, "base64"),
  });
