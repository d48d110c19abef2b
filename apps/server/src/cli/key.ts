import { resolve } from "node:path";
import { AppError, systemRandom } from "@gatehouse/base";
import type { Config } from "../platform/config/schema.ts";
import {
  findKeyFile,
  fingerprintOfKey,
  openMasterKey,
  openRecoveryKit,
  parseRecoveryCode,
  readRecoveryKit,
  writePlainKey,
  writeSealedKey,
} from "../platform/secrets/index.ts";
import type { CommandLine } from "./arguments.ts";
import type { Output } from "./output.ts";
import { rotateRecordingKey } from "./rotate-recording-key.ts";
import { newPassphrase, passphraseSource, recoveryCode } from "./secret-input.ts";
import { UsageError } from "./usage-error.ts";

const USAGE = "gatehouse key show|seal|unseal|change|recover [BACKUP] [--force], gatehouse key rotate";

/**
 * `key VERB`: what the master key is kept in. A running server goes on with the key that it has read. `key rotate` is about
 * the key of the recordings.
 */
export async function runKey(config: Config, line: CommandLine, output: Output): Promise<void> {
  if (line.words[1] === "rotate") return rotateRecordingKey(config, output, line.options.json === true);
  const verbs = { show, seal, unseal, change, recover };
  const verb = line.words[1] ?? "show";
  if (!Object.hasOwn(verbs, verb)) throw new UsageError({ usage: USAGE });
  const { said, ...result } = await verbs[verb as keyof typeof verbs](config, line);
  output.result(result, () => said);
}

interface Done {
  readonly state: "plain" | "sealed";
  readonly fingerprint: string;
  readonly said: string;
}

async function show({ dataDir }: Config): Promise<Done> {
  const { state, fingerprint } = await getKeyFile(dataDir);
  return { state, fingerprint, said: `${state}\nFingerprint of the installation: ${fingerprint}` };
}

async function seal({ dataDir }: Config, { options }: CommandLine): Promise<Done> {
  const file = await getKeyFile(dataDir);
  if (file.state === "sealed") throw new AppError("key.already_sealed");
  await writeSealedKey(
    dataDir,
    file.key,
    await newPassphrase(fileOf(options, "new-passphrase-file")),
    systemRandom,
  );
  return {
    state: "sealed",
    fingerprint: file.fingerprint,
    said: "The master key is sealed: every start asks for the passphrase. Backups from before hold the key as it was.",
  };
}

async function unseal(config: Config): Promise<Done> {
  const { key, fingerprint } = await openSealed(config);
  await writePlainKey(config.dataDir, key, systemRandom);
  return {
    state: "plain",
    fingerprint,
    said: "The master key is no longer sealed: whoever reads the file has it.",
  };
}

async function change(config: Config, { options }: CommandLine): Promise<Done> {
  const { key, fingerprint } = await openSealed(config);
  const passphrase = await newPassphrase(fileOf(options, "new-passphrase-file"));
  await writeSealedKey(config.dataDir, key, passphrase, systemRandom);
  return {
    state: "sealed",
    fingerprint,
    said: "The master key has another passphrase. Backups from before open with the one they were made under.",
  };
}

/** Puts the key back that a recovery kit holds: of this data folder, or of a backup. */
async function recover({ dataDir }: Config, { words, options }: CommandLine): Promise<Done> {
  const kit = await readRecoveryKit(words[2] === undefined ? dataDir : resolve(words[2]));
  if (kit === undefined) throw new AppError("recovery.kit_missing");
  if (options.force !== true && (await findKeyFile(dataDir)) !== undefined) throw new AppError("key.exists");
  const key = openRecoveryKit(kit, parseRecoveryCode(await recoveryCode(fileOf(options, "code-file"))));
  await writePlainKey(dataDir, key, systemRandom);
  const fingerprint = fingerprintOfKey(key);
  return {
    state: "plain",
    fingerprint,
    said: `The master key is back. Fingerprint of the installation: ${fingerprint}`,
  };
}

async function openSealed(config: Config) {
  const file = await getKeyFile(config.dataDir);
  if (file.state === "plain") throw new AppError("key.not_sealed");
  const passphrase = passphraseSource(config);
  return {
    key: await openMasterKey(config.dataDir, systemRandom, { passphrase, mayMake: false }),
    fingerprint: file.fingerprint,
  };
}

async function getKeyFile(dataDir: string) {
  const file = await findKeyFile(dataDir);
  if (file === undefined) throw new AppError("key.missing", { dataDir });
  return file;
}

const fileOf = (options: CommandLine["options"], name: string): string => String(options[name] ?? "");
