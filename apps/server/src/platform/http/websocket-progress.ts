import type { Clock, MonotonicMs } from "@gatehouse/base";

/** Largest header: two bytes, a 64-bit length, the mask (RFC 6455 §5.2). */
const MAX_HEADER_BYTES = 14;
const CONTROL = 0x8;

/**
 * Follows the frames of a WebSocket in the bytes as they come, beside whoever reads the messages: it knows what a
 * message promises to become before it is whole, and since when it has been on its way.
 */
export class WebSocketProgress {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #header = new Uint8Array(MAX_HEADER_BYTES);
  #headerBytes = 0;
  /** Of the frame that is being read: what is still to come. */
  #payloadLeft = 0;
  #isInside = false;
  #messageBytes = 0;
  #sinceMs: MonotonicMs | undefined;

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  /** Since when a message has been incomplete; undefined between messages. */
  get sinceMs(): MonotonicMs | undefined {
    return this.#sinceMs;
  }

  /** What the message that is on its way has promised to be so far, in bytes. */
  get messageBytes(): number {
    return this.#messageBytes;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#payloadLeft > 0) {
        const taken = Math.min(this.#payloadLeft, bytes.length - at);
        this.#payloadLeft -= taken;
        at += taken;
        if (this.#payloadLeft === 0) this.#frameEnded();
      } else {
        this.#header[this.#headerBytes++] = bytes[at++] as number;
        if (this.#headerBytes === headerBytesOf(this.#header, this.#headerBytes)) this.#headerEnded();
      }
    }
    const isPart = this.#isInside || this.#headerBytes > 0;
    if (!isPart) this.#sinceMs = undefined;
    else this.#sinceMs ??= this.#clock.monotonicMs();
  }

  #headerEnded(): void {
    const length = payloadLengthOf(this.#header);
    this.#payloadLeft = length;
    if (((this.#header[0] as number) & CONTROL) === 0) {
      this.#messageBytes = (this.#isInside ? this.#messageBytes : 0) + length;
      this.#isInside = true;
    }
    if (length === 0) this.#frameEnded();
  }

  #frameEnded(): void {
    const first = this.#header[0] as number;
    this.#headerBytes = 0;
    if ((first & CONTROL) !== 0 || (first & 0x80) === 0) return;
    this.#isInside = false;
    this.#messageBytes = 0;
    this.#sinceMs = undefined;
  }
}

/** How long the header is, as far as its first bytes tell. */
function headerBytesOf(header: Uint8Array, known: number): number {
  if (known < 2) return 2;
  const second = header[1] as number;
  const short = second & 0x7f;
  const extended = short === 127 ? 8 : short === 126 ? 2 : 0;
  return 2 + extended + ((second & 0x80) === 0 ? 0 : 4);
}

function payloadLengthOf(header: Uint8Array): number {
  const view = new DataView(header.buffer);
  const short = view.getUint8(1) & 0x7f;
  if (short < 126) return short;
  return short === 126 ? view.getUint16(2) : Number(view.getBigUint64(2));
}
