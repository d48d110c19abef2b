import { readFile, stat } from "node:fs/promises";
import { UsageError } from "./usage-error.ts";

/** Far more than any list that the server takes. */
const MAX_BYTES = 64 * 1024 * 1024;

/** A text that the command line names: a file of at most 64 MiB in UTF-8, so that no name is read wrongly; a byte order mark is left out. */
export async function readTextFile(file: string): Promise<string> {
  const refuse = (reason: string | undefined, cause: unknown): never => {
    throw new UsageError({ file, reason }, { cause });
  };
  try {
    if ((await stat(file)).size > MAX_BYTES) refuse("is larger than 64 MiB", undefined);
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    if (cause instanceof TypeError) return refuse("is not UTF-8", cause);
    return refuse((cause as NodeJS.ErrnoException).code, cause);
  }
}
