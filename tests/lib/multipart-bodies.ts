const HEADER_END = Buffer.from("\r\n\r\n");

/** Bodies of a multipart stream whose parts tell their length (RFC 2046 §5.1). */
export async function* multipartBodies(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Buffer = Buffer.alloc(0);
  for await (const bytes of stream) {
    waiting = Buffer.concat([waiting, bytes]);
    for (let end = waiting.indexOf(HEADER_END); end >= 0; end = waiting.indexOf(HEADER_END)) {
      const length = Number(/content-length: *(\d+)/i.exec(waiting.toString("latin1", 0, end))?.[1]);
      const start = end + HEADER_END.length;
      if (waiting.length < start + length) break;
      yield waiting.subarray(start, start + length);
      waiting = waiting.subarray(start + length);
    }
  }
}
