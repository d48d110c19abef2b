import { join } from "node:path";
import { AppError, isAppError, type Random, Secret, type UnixMs, type Uuid } from "@gatehouse/base";
import { readPrivateFile, replacePrivateFile } from "@gatehouse/base/private-file";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { fingerprintOfKey, hkdfSha256, type MasterKey } from "./master-key.ts";
import { openSecret, sealSecret } from "./seal.ts";

const KIT_FILE = "recovery-kit.json";
const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** The master key, wrapped under a code on paper: lies beside the key and in every backup. */
export const RecoveryKit = Type.Object(
  {
    format: Type.Literal(1),
    id: Type.String({ pattern: "^[0-9a-f-]{36}$" }),
    madeMs: Type.Integer({ minimum: 0 }),
    /** Of the installation's trust root: whose key it is. */
    fingerprint: Type.String({ pattern: "^[0-9a-f]{4}( [0-9a-f]{4}){7}$" }),
    salt: Type.String({ maxLength: 100 }),
    wrapped: Type.String({ maxLength: 200 }),
  },
  { additionalProperties: false },
);
export type RecoveryKit = Static<typeof RecoveryKit>;

export const kitPath = (dataDir: string): string => join(dataDir, "secrets", KIT_FILE);

/** The code has 140 random bits: HKDF is enough, nobody tries them all. */
export function newRecoveryKit(
  master: MasterKey,
  groups: readonly string[],
  { id, madeMs }: { readonly id: Uuid; readonly madeMs: UnixMs },
  random: Random,
): RecoveryKit {
  const salt = random.bytes(SALT_BYTES);
  const wrapped = sealSecret(wrappingKey(groups, salt), master.reveal(), contextOf(id), random);
  return {
    format: 1,
    id,
    madeMs,
    fingerprint: fingerprintOfKey(master),
    salt: Buffer.from(salt).toString("base64"),
    wrapped: Buffer.from(wrapped).toString("base64"),
  };
}

/** The master key; refuses `recovery.code_wrong` for the code of another kit. */
export function openRecoveryKit(kit: RecoveryKit, groups: readonly string[]): MasterKey {
  try {
    const key = wrappingKey(groups, Buffer.from(kit.salt, "base64"));
    const master = new Secret(openSecret(key, Buffer.from(kit.wrapped, "base64"), contextOf(kit.id)));
    if (fingerprintOfKey(master) === kit.fingerprint) return master;
  } catch (error) {
    if (!isAppError(error, "secret.unreadable")) throw error;
  }
  throw new AppError("recovery.code_wrong", { madeMs: kit.madeMs });
}

/** Of a data folder, or with `read` of a backup; refuses `config.invalid` when the file is no kit. */
export async function readRecoveryKit(
  dataDir: string,
  read = readPrivateFile,
): Promise<RecoveryKit | undefined> {
  const path = kitPath(dataDir);
  const bytes = await read(path);
  if (bytes === undefined) return undefined;
  const kit = orUndefined(() => JSON.parse(Buffer.from(bytes).toString("utf8")) as unknown);
  if (!Check(RecoveryKit, kit))
    throw new AppError("config.invalid", {
      path,
      reason: "This is no recovery kit. Put the right file back, or remove it and make another kit.",
    });
  return kit;
}

export const writeRecoveryKit = (dataDir: string, kit: RecoveryKit, random: Random): Promise<void> =>
  replacePrivateFile(kitPath(dataDir), Buffer.from(`${JSON.stringify(kit, null, 1)}\n`), random);

const wrappingKey = (groups: readonly string[], salt: Uint8Array): Uint8Array =>
  hkdfSha256(Buffer.from(groups.join("")), salt, "gatehouse-v1/recovery-kit", KEY_BYTES);
const contextOf = (id: string): string => `recovery-kit/${id}`;

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
