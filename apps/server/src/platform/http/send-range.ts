import type { Readable } from "node:stream";
import { AppError } from "@gatehouse/base";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type ByteRange, parseRange } from "./range.ts";

export interface AskedRange extends ByteRange {
  readonly isWhole: boolean;
}

/** Which bytes of a body are asked for; the reply says that it may be asked so. Refuses `segment.range_unsatisfiable`. */
export function askedRange({ headers }: FastifyRequest, reply: FastifyReply, size: number): AskedRange {
  const range = parseRange(headers.range, size);
  reply.header("accept-ranges", "bytes");
  if (range === "outside") {
    reply.header("content-range", `bytes */${size}`);
    throw new AppError("segment.range_unsatisfiable");
  }
  return range === "whole" ? { first: 0, last: size - 1, isWhole: true } : { ...range, isWhole: false };
}

/** Answers with those bytes of a body; what they are is said before. Nobody on the way keeps them. */
export async function sendRange<T extends Readable | Uint8Array>(
  reply: FastifyReply,
  content: T,
  { first, isWhole, last }: AskedRange,
  size: number,
): Promise<T> {
  reply.headers({ "cache-control": "no-store", "content-length": String(last - first + 1) });
  if (isWhole) return content;
  // 206 is a status that no declaration has: the answer goes out here.
  reply.status(206).header("content-range", `bytes ${first}-${last}/${size}`).send(content);
  // Whoever goes away while it leaves has what they have.
  await Promise.resolve(reply).catch(() => undefined);
  return content;
}
