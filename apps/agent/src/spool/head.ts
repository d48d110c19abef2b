import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";

/** How far the store was emptied, and what it had to give up. */
export interface Head {
  /** Every record up to this number is acknowledged or given up. */
  readonly ackedNumber: number;
  readonly droppedCount: number;
  readonly damagedBytes: number;
}

const FIRST: Head = { ackedNumber: 0, droppedCount: 0, damagedBytes: 0 };

const headPath = (folder: string): string => join(folder, "head.json");

/** A head that is missing or damaged reads as the beginning: then records are sent again, never lost. */
export async function readHead(folder: string): Promise<Head> {
  try {
    const { crc, head } = JSON.parse(await readFile(headPath(folder), "utf8")) as { crc: number; head: Head };
    return crc === crc32(JSON.stringify(head)) ? head : FIRST;
  } catch {
    return FIRST;
  }
}

/** In place of the old one, whole or not at all; not flushed, because an old head is only work done twice. */
export async function writeHead(folder: string, head: Head): Promise<void> {
  const draft = `${headPath(folder)}.tmp`;
  const file = await open(draft, "w", 0o600);
  try {
    await file.writeFile(JSON.stringify({ crc: crc32(JSON.stringify(head)), head }));
  } finally {
    await file.close();
  }
  await rename(draft, headPath(folder));
}
