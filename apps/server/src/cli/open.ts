import { readFile, stat, writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { AppError } from "@gatehouse/base";
import { openFernet, parseFernetKey, sha256Hex } from "../platform/secrets/index.ts";
import type { CommandLine } from "./arguments.ts";
import type { Output } from "./output.ts";
import { UsageError } from "./usage-error.ts";

const USAGE = "gatehouse open fernet FILE --key-file FILE|- --out FILM.mp4";
/** Opened in memory: a token can be believed only when all of it was read. */
const MAX_FILE_BYTES = 256 * 2 ** 20;
const MAX_KEY_FILE_BYTES = 4_096;

/** `open fernet`: a clip that another recorder sealed as one Fernet token, checked and opened into a film. */
export async function runOpen({ words, options }: CommandLine, output: Output): Promise<void> {
  const [, format, file] = words;
  const { out } = options;
  const keyFile = options["key-file"];
  if (format !== "fernet" || file === undefined || typeof keyFile !== "string" || typeof out !== "string")
    throw new UsageError({ usage: USAGE });
  const key = parseFernetKey(keyOf(await readKey(keyFile)));
  if (key === undefined) throw new UsageError({ file: keyFile, reason: "holds no key of Fernet" });
  const token = Buffer.from((await read(file, MAX_FILE_BYTES)).toString("latin1").trim(), "base64url");
  const opened = openFernet(token, key);
  if (opened === undefined)
    throw new AppError("segment.damaged", { file, detail: "or it was sealed under another key" });
  const { bytes, sealedMs } = opened;
  await writeFile(out, bytes, { flag: options.force === true ? "w" : "wx", mode: 0o600 });
  const result = { out, bytes: bytes.length, sha256: sha256Hex(bytes), sealedMs };
  output.result(result, () =>
    [
      `${out}: ${bytes.length} bytes, as they were sealed on ${new Date(sealedMs).toISOString()} by the clock of whoever sealed them.`,
      `SHA-256 ${result.sha256}`,
      "Whoever has the key can have sealed it, with any time. The audit log knows nothing of it.",
    ].join("\n"),
  );
}

/** The key alone, or the line of a `.env` that has it. */
const keyOf = (lines: string): string =>
  (/^ENCRYPTION_KEY\s*=(.*)$/m.exec(lines)?.[1] ?? lines).trim().replace(/^(["'])(.*)\1$/, "$2");

const readKey = async (file: string): Promise<string> =>
  file === "-" ? text(process.stdin) : (await read(file, MAX_KEY_FILE_BYTES)).toString("utf8");

async function read(file: string, maxBytes: number): Promise<Buffer> {
  try {
    if ((await stat(file)).size > maxBytes) throw new RangeError(`is larger than ${maxBytes} bytes`);
    return await readFile(file);
  } catch (cause) {
    throw new UsageError(
      { file, reason: (cause as NodeJS.ErrnoException).code ?? (cause as Error).message },
      { cause },
    );
  }
}
