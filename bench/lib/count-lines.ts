export interface Counted {
  readonly lines: number;
  readonly bytes: number;
  readonly seconds: number;
}

const LINE_FEED = 10;

/** Reads a stream to its end and keeps nothing of it. */
export async function countLines(stream: AsyncIterable<Uint8Array>): Promise<Counted> {
  const beganMs = performance.now();
  let lines = 0;
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, at + 1)) lines++;
  }
  return { lines, bytes, seconds: (performance.now() - beganMs) / 1000 };
}
