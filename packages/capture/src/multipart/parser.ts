import { sourceError } from "../source.ts";

/** Of a part's headers. */
const MAX_HEAD_BYTES = 4_096;
/** Before the first boundary (RFC 2046 §5.1.1), and between parts. */
const MAX_PREAMBLE_BYTES = 8_192;
const HEAD_ENDS = ["\r\n\r\n", "\n\n"].map((text) => Buffer.from(text));
const CRLF = Buffer.from("\r\n");

/**
 * The boundary that a `Content-Type` of multipart/x-mixed-replace names, with the dashes in front; undefined for another type.
 * Cameras write it with and without quotes, and some with the dashes.
 */
export function boundaryOf(contentType: string): string | undefined {
  if (!/^multipart\/(x-mixed-replace|mixed)\s*(;|$)/i.test(contentType.trim())) return undefined;
  const match = /;\s*boundary\s*=\s*(?:"([^"]{1,80})"|([^\s;"]{1,80}))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) return undefined;
  return boundary.startsWith("--") ? boundary : `--${boundary}`;
}

type State = "preamble" | "head" | "counted" | "delimited" | "ended";

/**
 * Cuts a multipart stream into parts: by their Content-Length, or up to the next boundary where they have none. Throws when a part
 * is larger than may be, or what comes is no multipart.
 */
export class MultipartParser {
  readonly #boundary: Buffer;
  readonly #maxBytes: number;
  #rest: Buffer = Buffer.alloc(0);
  #state: State = "preamble";
  #length = 0;
  /** Of what waits, how much was searched already. */
  #searched = 0;

  constructor(boundary: string, maxBytes: number) {
    this.#boundary = Buffer.from(boundary, "latin1");
    this.#maxBytes = maxBytes;
  }

  /** The bodies of whole parts, in order; each its own bytes. */
  push(chunk: Buffer): Uint8Array[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const parts: Uint8Array[] = [];
    while (this.#step(parts));
    return parts;
  }

  /** False: more has to come. */
  #step(parts: Uint8Array[]): boolean {
    switch (this.#state) {
      case "preamble":
        return this.#toBoundary();
      case "head":
        return this.#readHead();
      case "counted":
        return this.#readCounted(parts);
      case "delimited":
        return this.#readDelimited(parts);
      case "ended":
        this.#rest = Buffer.alloc(0);
        return false;
    }
  }

  #toBoundary(): boolean {
    const at = this.#rest.indexOf(this.#boundary);
    if (at < 0) {
      if (this.#rest.length > MAX_PREAMBLE_BYTES) throw sourceError("malformed");
      return false;
    }
    if (at > MAX_PREAMBLE_BYTES) throw sourceError("malformed");
    const end = at + this.#boundary.length;
    if (this.#rest.length < end + 2) return false;
    const isLast = this.#rest[end] === 0x2d && this.#rest[end + 1] === 0x2d;
    this.#go(isLast ? "ended" : "head", end);
    return true;
  }

  #readHead(): boolean {
    const ends = HEAD_ENDS.map((end) => ({ at: this.#rest.indexOf(end), end }))
      .filter(({ at }) => at >= 0)
      .toSorted((a, b) => a.at - b.at);
    const [found] = ends;
    if (found === undefined || found.at > MAX_HEAD_BYTES) {
      if (this.#rest.length > MAX_HEAD_BYTES) throw sourceError("too_large");
      return false;
    }
    const head = this.#rest.subarray(0, found.at).toString("latin1");
    const length = /(?:^|\n)content-length[ \t]*:[ \t]*(\d{1,12})[ \t]*(?:\r|\n|$)/i.exec(head)?.[1];
    this.#length = Number(length ?? 0);
    if (this.#length > this.#maxBytes) throw sourceError("too_large");
    this.#go(this.#length > 0 ? "counted" : "delimited", found.at + found.end.length);
    return true;
  }

  #readCounted(parts: Uint8Array[]): boolean {
    if (this.#rest.length < this.#length) return false;
    parts.push(this.#rest.subarray(0, this.#length));
    this.#go("preamble", this.#length);
    return true;
  }

  #readDelimited(parts: Uint8Array[]): boolean {
    const at = this.#rest.indexOf(this.#boundary, this.#searched);
    if (at < 0) {
      if (this.#rest.length > this.#maxBytes + this.#boundary.length) throw sourceError("too_large");
      this.#searched = Math.max(0, this.#rest.length - this.#boundary.length);
      return false;
    }
    // The line break before a boundary belongs to it.
    const end = at >= 2 && this.#rest.subarray(at - 2, at).equals(CRLF) ? at - 2 : at;
    if (end > this.#maxBytes) throw sourceError("too_large");
    if (end > 0) parts.push(this.#rest.subarray(0, end));
    this.#go("preamble", at);
    return true;
  }

  #go(state: State, consumed: number): void {
    this.#state = state;
    this.#rest = this.#rest.subarray(consumed);
    this.#searched = 0;
  }
}
