/**
 * Follows a stream of MQTT packets by their fixed headers (MQTT 3.1.1 §2.2) and tells of one that is larger than
 * allowed, before anything of it is put together.
 */
export class PacketSizeGate {
  readonly #maxBytes: number;
  #skip = 0;
  /** Within a fixed header: bytes of it seen so far, and the length as far as it was read. */
  #headerBytes = 0;
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** False once a packet is too large, or its length is none. */
  admits(chunk: Uint8Array): boolean {
    for (let at = 0; at < chunk.length; ) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, chunk.length - at);
        this.#skip -= step;
        at += step;
      } else if (!this.#readHeaderByte(chunk[at++] as number)) return false;
    }
    return true;
  }

  #readHeaderByte(byte: number): boolean {
    const index = this.#headerBytes++;
    if (index === 0) return true;
    this.#length += (byte & 0x7f) * 128 ** (index - 1);
    if (this.#length > this.#maxBytes || (index === 4 && byte >= 0x80)) return false;
    if (byte >= 0x80) return true;
    this.#skip = this.#length;
    this.#headerBytes = 0;
    this.#length = 0;
    return true;
  }
}
