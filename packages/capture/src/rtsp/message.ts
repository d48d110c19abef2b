import { sourceError } from "../source.ts";

/** What an RTSP server says on one connection (RFC 2326 §6, §7, §10.12). */
export type RtspItem =
  | RtspResponse
  /** Binary data between the messages. */
  | { readonly type: "data"; readonly channel: number; readonly bytes: Uint8Array }
  /** Something that the server asks for: a method's name. */
  | { readonly type: "request"; readonly method: string };

export interface RtspResponse {
  readonly type: "response";
  readonly status: number;
  /** Names in lower case; what came more than once, in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
}

const MAX_HEAD_BYTES = 16_384;
const MAX_HEADERS = 64;
const MAX_BODY_BYTES = 65_536;
const DOLLAR = 0x24;
const HEAD_END = Buffer.from("\r\n\r\n");
const FIRST_LINE = /^RTSP\/1\.\d (\d{3})(?: |$)/;
const REQUEST_LINE = /^([A-Z_]{1,20}) \S{1,2000} RTSP\/1\.\d$/;

/** Cuts what comes into messages and data. Bytes that fit nothing, or are more than fits, end it with an error. */
export class RtspParser {
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): RtspItem[] {
    const items: RtspItem[] = [];
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const found = readOne(bytes);
      if (found === undefined) break;
      if (found.item !== undefined) items.push(found.item);
      bytes = bytes.subarray(found.length);
    }
    this.#rest = bytes;
    return items;
  }
}

interface Found {
  readonly item?: RtspItem;
  readonly length: number;
}

/** Undefined while it is not whole. */
function readOne(bytes: Buffer): Found | undefined {
  if (bytes.length === 0) return undefined;
  if (bytes[0] === DOLLAR) return readData(bytes);
  // Empty lines between messages are passed over (§4.1).
  if (bytes[0] === 0x0d || bytes[0] === 0x0a) return { length: 1 };
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) {
    if (bytes.length > MAX_HEAD_BYTES) throw sourceError("too_large");
    return undefined;
  }
  if (headEnd > MAX_HEAD_BYTES) throw sourceError("too_large");
  return readMessage(bytes, headEnd);
}

function readData(bytes: Buffer): Found | undefined {
  if (bytes.length < 4) return undefined;
  const length = 4 + bytes.readUInt16BE(2);
  if (bytes.length < length) return undefined;
  return { item: { type: "data", channel: bytes[1] as number, bytes: bytes.subarray(4, length) }, length };
}

function readMessage(bytes: Buffer, headEnd: number): Found | undefined {
  const [first = "", ...lines] = bytes.subarray(0, headEnd).toString("latin1").split("\r\n");
  if (lines.length > MAX_HEADERS) throw sourceError("too_large");
  const headers = headersOf(lines);
  const length = Number(headers.get("content-length")?.[0] ?? 0);
  if (!Number.isInteger(length) || length < 0) throw sourceError("malformed");
  if (length > MAX_BODY_BYTES) throw sourceError("too_large");
  const start = headEnd + HEAD_END.length;
  if (bytes.length < start + length) return undefined;
  const method = REQUEST_LINE.exec(first)?.[1];
  if (method !== undefined) return { item: { type: "request", method }, length: start + length };
  const status = FIRST_LINE.exec(first)?.[1];
  if (status === undefined) throw sourceError("malformed");
  const body = bytes.subarray(start, start + length).toString("utf8");
  return { item: { type: "response", status: Number(status), headers, body }, length: start + length };
}

function headersOf(lines: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon < 1) throw sourceError("malformed");
    const name = line.slice(0, colon).trim().toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return headers;
}
