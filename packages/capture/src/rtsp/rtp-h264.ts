/** The NAL units of one picture, in the order of decoding. */
export interface AccessUnit {
  /** RTP's 32 bits: when it is shown, 90,000 a second. */
  readonly rtpTime: number;
  readonly nals: readonly Uint8Array[];
}

export interface DepacketizerEvents {
  onPicture(this: void, unit: AccessUnit): void;
  /** A packet is missing, or one was none: what is being put together is dropped. */
  onLoss(this: void, reason: "gap" | "too_large"): void;
}

const MIN_HEADER_BYTES = 12;
const STAP_A = 24;
const FU_A = 28;
const MAX_NALS = 512;

/**
 * H.264 from RTP packets in order (RFC 3550 §5.1; RFC 6184, single NAL and non-interleaved mode). A picture is whole when the
 * next one begins: cameras set the marker bit as they like.
 */
export class H264Depacketizer {
  readonly #payloadType: number;
  readonly #maxBytes: number;
  readonly #events: DepacketizerEvents;
  #sequence: number | undefined;
  #rtpTime: number | undefined;
  #nals: Uint8Array[] = [];
  #bytes = 0;
  #pieces: Uint8Array[] = [];
  /** Something of this picture is missing. */
  #isBroken = false;

  constructor(payloadType: number, maxBytes: number, events: DepacketizerEvents) {
    this.#payloadType = payloadType;
    this.#maxBytes = maxBytes;
    this.#events = events;
  }

  /** True: it was a packet of the stream. */
  push(packet: Uint8Array): boolean {
    const payload = payloadOf(packet);
    if (payload === undefined || ((packet[1] as number) & 0x7f) !== this.#payloadType) return false;
    const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
    const sequence = view.getUint16(2);
    const isNext = this.#sequence === undefined || sequence === ((this.#sequence + 1) & 0xffff);
    this.#sequence = sequence;
    const rtpTime = view.getUint32(4);
    if (!isNext) this.#lose("gap");
    if (rtpTime !== this.#rtpTime) this.#begin(rtpTime, isNext);
    if (payload.length > 0) this.#take(payload);
    return true;
  }

  /** What is missing before it may have been its beginning. */
  #begin(rtpTime: number, isNext: boolean): void {
    const { rtpTime: before, nals } = { rtpTime: this.#rtpTime, nals: this.#nals };
    if (before !== undefined && nals.length > 0 && !this.#isBroken)
      this.#events.onPicture({ rtpTime: before, nals });
    this.#rtpTime = rtpTime;
    this.#nals = [];
    this.#pieces = [];
    this.#bytes = 0;
    this.#isBroken = !isNext;
  }

  #take(payload: Uint8Array): void {
    const type = (payload[0] as number) & 0x1f;
    if (type === FU_A) this.#takeFragment(payload);
    else if (type === STAP_A) this.#takeSeveral(payload);
    else if (type >= 1 && type < STAP_A) this.#add(payload);
    // Interleaved mode (25 to 27, 29) was not agreed on.
    else this.#lose("gap");
  }

  /** §5.7.1 */
  #takeSeveral(payload: Uint8Array): void {
    for (let at = 1; at < payload.length; ) {
      const length = ((payload[at] as number) << 8) | (payload[at + 1] ?? 0);
      const end = at + 2 + length;
      if (length === 0 || end > payload.length) {
        this.#lose("gap");
        return;
      }
      this.#add(payload.subarray(at + 2, end));
      at = end;
    }
  }

  /** §5.8 */
  #takeFragment(payload: Uint8Array): void {
    const indicator = payload[0] as number;
    const header = payload[1] ?? 0;
    if ((header & 0x80) !== 0) this.#pieces = [Uint8Array.of((indicator & 0xe0) | (header & 0x1f))];
    if (payload.length < 3 || this.#pieces.length === 0) {
      this.#lose("gap");
      return;
    }
    const piece = payload.subarray(2);
    if (!this.#count(piece.length)) return;
    this.#pieces.push(piece.slice());
    if ((header & 0x40) === 0) return;
    const nal = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#nals.push(nal);
  }

  #add(nal: Uint8Array): void {
    if (this.#count(nal.length)) this.#nals.push(nal.slice());
  }

  #count(bytes: number): boolean {
    this.#bytes += bytes;
    const isWithin = this.#bytes <= this.#maxBytes && this.#nals.length < MAX_NALS;
    if (!isWithin) this.#lose("too_large");
    return isWithin && !this.#isBroken;
  }

  #lose(reason: "gap" | "too_large"): void {
    this.#nals = [];
    this.#pieces = [];
    if (!this.#isBroken) this.#events.onLoss(reason);
    this.#isBroken = true;
  }
}

/** What an RTP packet carries, without header, extension and padding; undefined for what is none. */
function payloadOf(packet: Uint8Array): Uint8Array | undefined {
  const first = packet[0] ?? 0;
  if (packet.length < MIN_HEADER_BYTES || first >> 6 !== 2) return undefined;
  let start = MIN_HEADER_BYTES + 4 * (first & 0x0f);
  if ((first & 0x10) !== 0) {
    const words = ((packet[start + 2] ?? 0) << 8) | (packet[start + 3] ?? 0);
    start += 4 + 4 * words;
  }
  const padding = (first & 0x20) === 0 ? 0 : (packet.at(-1) as number);
  return start + padding > packet.length ? undefined : packet.subarray(start, packet.length - padding);
}
