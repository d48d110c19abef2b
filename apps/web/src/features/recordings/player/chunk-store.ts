import { type Frame, parseFrames } from "@gatehouse/video";
import type { ByteRange } from "../../../data/client.ts";
import { ByteCache } from "./byte-cache.ts";
import { rangeOf, runsOf, type Segment } from "./chunks.ts";

/** The frames of a chunk, or `damaged`: the server could not open it, or what came is no chunk. */
export type Chunk = readonly Frame[] | "damaged";

/** Bytes of a segment's decrypted content; `damaged` when a chunk among them does not open. */
export type ReadContent = (
  segmentId: string,
  range: ByteRange,
  signal: AbortSignal,
) => Promise<Uint8Array | "damaged">;

/** Kept for all cameras together: some two minutes of a camera that sends 20 frames of 40 KB a second. */
const CACHE_BYTES = 128 * 1_048_576;
const RUN_BYTES = 3 * 1_048_576;
const DAMAGED_BYTES = 64;

/** Decrypted chunks, read by range, each once; the ones used last are kept. */
export class ChunkStore {
  readonly #cache: ByteCache<Chunk>;
  readonly #underWay = new Map<string, Promise<Chunk>>();
  readonly #read: ReadContent;

  constructor(read: ReadContent, cacheBytes = CACHE_BYTES) {
    this.#read = read;
    this.#cache = new ByteCache(cacheBytes);
  }

  /** What is there without asking. */
  peek(segment: Segment, chunk: number): Chunk | undefined {
    return this.#cache.get(keyOf(segment, chunk));
  }

  /** Throws the signal's reason when it was aborted. */
  get(segment: Segment, chunk: number, signal: AbortSignal): Promise<Chunk> {
    const known = this.peek(segment, chunk);
    if (known !== undefined) return Promise.resolve(known);
    const joined = this.#underWay.get(keyOf(segment, chunk));
    if (joined === undefined) return this.#readRun(segment, chunk, chunk, signal);
    // Whoever began to read it may have given up meanwhile.
    return joined.catch(() => {
      signal.throwIfAborted();
      return this.get(segment, chunk, signal);
    });
  }

  /** Reads what is missing of these chunks, several in a request. */
  async prefetch(segment: Segment, chunks: readonly number[], signal: AbortSignal): Promise<void> {
    const missing = chunks.filter((chunk) => {
      const key = keyOf(segment, chunk);
      return segment.chunks[chunk] !== undefined && !this.#cache.has(key) && !this.#underWay.has(key);
    });
    for (const { first, last } of runsOf(segment, missing, RUN_BYTES)) {
      if (signal.aborted) return;
      await this.#readRun(segment, first, last, signal);
    }
  }

  clear(): void {
    this.#cache.clear();
  }

  /** One request for chunks that follow each other; answers the first of them. */
  #readRun(segment: Segment, first: number, last: number, signal: AbortSignal): Promise<Chunk> {
    const [begin] = rangeOf(segment, first);
    const bytes = this.#read(segment.id, rangeOf(segment, first, last), signal);
    const take = async (chunk: number): Promise<Chunk> => {
      const whole = await bytes;
      // One that does not open spoils the whole range: each is asked for by itself.
      if (whole === "damaged" && first !== last) return this.#readOne(segment, chunk, signal);
      if (whole === "damaged") return this.#keep(segment, chunk, "damaged");
      const [start, end] = rangeOf(segment, chunk);
      return this.#keep(segment, chunk, framesOf(whole.subarray(start - begin, end + 1 - begin)));
    };
    const chunks = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    const taken = chunks.map((chunk) => {
      const key = keyOf(segment, chunk);
      const taking = take(chunk).finally(() => this.#underWay.delete(key));
      taking.catch(() => undefined);
      this.#underWay.set(key, taking);
      return taking;
    });
    return taken[0] as Promise<Chunk>;
  }

  async #readOne(segment: Segment, chunk: number, signal: AbortSignal): Promise<Chunk> {
    const bytes = await this.#read(segment.id, rangeOf(segment, chunk), signal);
    return this.#keep(segment, chunk, bytes === "damaged" ? bytes : framesOf(bytes));
  }

  #keep(segment: Segment, chunk: number, value: Chunk): Chunk {
    const [, length = 0] = segment.chunks[chunk] ?? [];
    this.#cache.set(keyOf(segment, chunk), value, value === "damaged" ? DAMAGED_BYTES : length);
    return value;
  }
}

const keyOf = ({ id }: Segment, chunk: number): string => `${id}.${chunk}`;

/** Frames of a chunk, whose bytes are their own so that a run's others can be let go. */
export function framesOf(bytes: Uint8Array): Chunk {
  return parseFrames(bytes.slice()) ?? "damaged";
}
