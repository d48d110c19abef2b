/** One field of a Protocol Buffers message: a number for wire types 0 and 5, bytes for 2. */
export interface Field {
  readonly number: number;
  readonly value: number | Uint8Array;
}

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;
const MAX_FIELD = 2 ** 29 - 1;

/** Numbers in up to seven bytes are exact as they are; longer ones go through 64 bits. */
const EXACT_BYTES = 7;
const MAX_VARINT_BYTES = 10;

class Cursor {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#bytes.length;
  }

  /** Negative for those from 2⁶³ on; beyond 2⁵³ the last digits are lost. */
  varint(): number {
    const start = this.at;
    let value = 0;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) throw new RangeError("the file ends inside a number");
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return i < EXACT_BYTES ? value : this.#signed(start);
    }
    throw new RangeError("a number is longer than ten bytes");
  }

  /** Steps over bytes; answers where they begin. */
  skip(length: number): number {
    const start = this.at;
    if (length < 0 || length > this.#bytes.length - start)
      throw new RangeError("the file ends inside a field");
    this.at += length;
    return start;
  }

  #signed(start: number): number {
    let value = 0n;
    for (let i = start; i < this.at; i++)
      value |= BigInt((this.#bytes[i] as number) & 0x7f) << BigInt(7 * (i - start));
    return Number(BigInt.asIntN(64, value));
  }
}

/**
 * The fields of one message, in order (protobuf.dev/programming-guides/encoding). Bytes are views, nothing is copied.
 * Throws RangeError where the message is cut or malformed.
 */
export function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cursor = new Cursor(bytes);
  while (!cursor.isAtEnd) {
    const tag = cursor.varint();
    const number = Math.floor(tag / 8);
    if (number < 1 || number > MAX_FIELD) throw new RangeError(`${number} is no number of a field`);
    switch (tag % 8) {
      case VARINT:
        yield { number, value: cursor.varint() };
        break;
      case FIXED_64:
        yield { number, value: view.getFloat64(cursor.skip(8), true) };
        break;
      case BYTES: {
        const length = cursor.varint();
        const start = cursor.skip(length);
        yield { number, value: bytes.subarray(start, start + length) };
        break;
      }
      case FIXED_32:
        yield { number, value: view.getFloat32(cursor.skip(4), true) };
        break;
      default:
        throw new RangeError(`${tag % 8} is no type of a field`);
    }
  }
}

/** The whole numbers of a repeated field, packed or one by one. */
export function* numbersOf(value: number | Uint8Array): Generator<number> {
  if (typeof value === "number") {
    yield value;
    return;
  }
  const cursor = new Cursor(value);
  while (!cursor.isAtEnd) yield cursor.varint();
}
