import { AppError } from "@gatehouse/base";

const MAX_CHUNKS = 16;

/** A code or a key from where no process list shows it. */
export async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    if (chunks.length > MAX_CHUNKS)
      throw new AppError("request.invalid", { usage: "standard input is too long" });
  }
  return Buffer.concat(chunks).toString("utf8").trim();
}
