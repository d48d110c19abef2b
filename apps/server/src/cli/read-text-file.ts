import { readFile } from "node:fs/promises";
import { UsageError } from "./usage-error.ts";

/** A file that the command line names. */
export async function readTextFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new UsageError({ file, reason: (cause as NodeJS.ErrnoException).code }, { cause });
  }
}
