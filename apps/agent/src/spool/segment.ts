import { type FileHandle, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Scan, scanRecords } from "./record.ts";

const NAME = /^(\d{16})\.seg$/;

/** One file of records; its name is the number its first record may have. */
export interface Segment {
  readonly path: string;
  readonly firstNumber: number;
  lastNumber: number;
  /** Records in it. */
  count: number;
  sizeBytes: number;
}

const segmentPath = (folder: string, firstNumber: number): string =>
  join(folder, `${String(firstNumber).padStart(16, "0")}.seg`);

export const readSegment = async (path: string, after: number): Promise<Scan> =>
  scanRecords(await readFile(path), after);

/** The segments of a folder, oldest first, each scanned. `damagedBytes` counts what could not be read. */
export async function listSegments(folder: string): Promise<{ segments: Segment[]; damagedBytes: number }> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  const segments: Segment[] = [];
  let [damagedBytes, last] = [0, 0];
  for (const name of names) {
    const path = join(folder, name);
    const firstNumber = Number(NAME.exec(name)?.[1]);
    const scan = await readSegment(path, last);
    last = scan.records.at(-1)?.number ?? last;
    damagedBytes += scan.damagedBytes;
    segments.push({
      path,
      firstNumber,
      lastNumber: scan.records.at(-1)?.number ?? firstNumber - 1,
      count: scan.records.length,
      sizeBytes: scan.validBytes,
    });
  }
  return { segments, damagedBytes };
}

/** The file opened for appending, cut behind its last whole record. */
export async function openTail(segment: Segment): Promise<FileHandle> {
  const file = await open(segment.path, "r+");
  await file.truncate(segment.sizeBytes);
  await file.datasync();
  return file;
}

export async function createSegment(
  folder: string,
  firstNumber: number,
): Promise<{ segment: Segment; file: FileHandle }> {
  const path = segmentPath(folder, firstNumber);
  const file = await open(path, "w", 0o600);
  await syncFolder(folder);
  return { segment: { path, firstNumber, lastNumber: firstNumber - 1, count: 0, sizeBytes: 0 }, file };
}

export const removeSegment = (segment: Segment): Promise<void> => rm(segment.path, { force: true });

/** Makes new names in the folder survive a power cut (fsync(2), notes). */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
