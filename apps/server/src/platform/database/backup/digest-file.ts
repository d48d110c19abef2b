import { createReadStream } from "node:fs";
import { createSha256 } from "../../secrets/index.ts";

/** SHA-256 of a file, read in pieces. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createSha256();
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.hex();
}
