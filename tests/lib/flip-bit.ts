import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { cameras } from "@gatehouse/contract";

/** Of a segment's file, before its chunks, and around each of them (docs/recordings.md). */
const HEADER_BYTES = 92;
const CHUNK_EXTRA_BYTES = 20;

/** Changes one bit in the middle of a chunk where it lies on the disk of a server. */
export function flipBit(dataDir: string, { id, chunks }: cameras.Segment, chunk: number): void {
  const folder = join(dataDir, "recordings");
  const name = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((one) =>
    one.endsWith(`${id}.ghs`),
  );
  if (name === undefined) throw new Error(`there is no file of ${id}`);
  const before = chunks.slice(0, chunk).reduce((sum, [, length]) => sum + length + CHUNK_EXTRA_BYTES, 0);
  const file = readFileSync(join(folder, name));
  const at = HEADER_BYTES + before + Math.floor((chunks[chunk]?.[1] ?? 0) / 2);
  file.writeUInt8(file.readUInt8(at) ^ 1, at);
  writeFileSync(join(folder, name), file);
}
