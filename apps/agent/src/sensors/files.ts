import { open, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Files of /proc and /sys are small; more than this is read from none. */
const MAX_FILE_BYTES = 64 * 1024;
/** Devices looked at in one folder. */
const MAX_ENTRIES = 64;

/** The beginning of a text file; undefined when there is none. Other errors are the caller's. */
export async function findText(...path: string[]): Promise<string | undefined> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(join(...path), "r");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_FILE_BYTES), 0, MAX_FILE_BYTES, null);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** A finite number that is all a file holds; undefined when there is no file or it holds something else. */
export async function findNumber(...path: string[]): Promise<number | undefined> {
  const text = (await findText(...path))?.trim();
  return text === undefined || text === "" || !Number.isFinite(Number(text)) ? undefined : Number(text);
}

/** Names in a folder, sorted and bounded; none when there is no such folder. */
export async function listNames(...path: string[]): Promise<string[]> {
  try {
    return (await readdir(join(...path))).sort().slice(0, MAX_ENTRIES);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

const isMissing = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");

/** What went wrong, in a word. */
export const faultOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error as Error).message.slice(0, 100);
