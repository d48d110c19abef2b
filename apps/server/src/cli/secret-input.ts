import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { AppError } from "@gatehouse/base";
import type { Config } from "../platform/config/schema.ts";
import type { PassphraseSource } from "../platform/secrets/index.ts";

const MAX_LENGTH = 1_024;
/** Ctrl-C and Ctrl-D. */
const CANCELS = "\u0003\u0004";
const ENDS = `\r\n${CANCELS}`;
const ERASERS = "\b\u007f";

/** The passphrase of a sealed key: from the configured file, else from the terminal. Refuses `key.passphrase_needed`. */
export const passphraseSource =
  ({ key }: Pick<Config, "key">): PassphraseSource =>
  async () => {
    const given =
      key.passphraseFile === ""
        ? await askHidden("Passphrase of the master key: ")
        : await firstLineOf(key.passphraseFile);
    if (given === undefined) throw new AppError("key.passphrase_needed");
    return given;
  };

/** From a file, or typed twice. Refuses `key.passphrase_needed`, `key.passphrases_differ`. */
export async function newPassphrase(file: string): Promise<string> {
  if (file !== "") return firstLineOf(file);
  const first = await askHidden("New passphrase: ");
  if (first === undefined) throw new AppError("key.passphrase_needed");
  if ((await askHidden("The same again: ")) !== first) throw new AppError("key.passphrases_differ");
  return first;
}

/** The code of a recovery kit as it was typed. Refuses `recovery.code_needed`. */
export async function recoveryCode(file: string): Promise<string> {
  const typed = file === "" ? await ask("Recovery code (seven groups of five): ") : await firstLineOf(file);
  if (typed === undefined || typed.trim() === "") throw new AppError("recovery.code_needed");
  return typed;
}

/** Of any file, also `/dev/fd/N`. Refuses `config.invalid`. */
async function firstLineOf(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new AppError(
      "config.invalid",
      { path, reason: `The file cannot be read (${cause.code}).` },
      { cause },
    );
  });
  const [line = ""] = text.split(/\r?\n/, 1);
  if (line === "" || line.length > MAX_LENGTH)
    throw new AppError("config.invalid", {
      path,
      reason: `The first line must have 1 to ${MAX_LENGTH} characters.`,
    });
  return line;
}

/** Undefined where there is no terminal. */
function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return Promise.resolve(undefined);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    terminal.once("close", () => resolve(undefined));
    terminal.question(question, (answer) => {
      resolve(answer);
      terminal.close();
    });
  });
}

/** The same without showing what is typed. */
function askHidden(question: string): Promise<string | undefined> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) return Promise.resolve(undefined);
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8").resume();
  return new Promise((resolve) => {
    let typed = "";
    const end = (answer: string | undefined): void => {
      stdin.setRawMode(false);
      stdin.off("data", onData).pause();
      stderr.write("\n");
      resolve(answer);
    };
    const onData = (text: string): void => {
      for (const character of text) {
        if (ENDS.includes(character)) {
          end(CANCELS.includes(character) ? undefined : typed);
          break;
        }
        if (ERASERS.includes(character)) typed = [...typed].slice(0, -1).join("");
        else if (typed.length < MAX_LENGTH) typed += character;
      }
    };
    stdin.on("data", onData);
  });
}
