/** Base64 of RFC 4648, read strictly: one text for one array of bytes, so that nothing can be altered unseen. */
interface Alphabet {
  readonly letters: string;
  readonly isPadded: boolean;
  /** Value of a character code, 255 for none. */
  readonly values: Uint8Array;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** RFC 4648 §4, padded. */
const STANDARD = alphabet(`${LETTERS}+/`, true);
/** RFC 4648 §5, not padded. */
const URL_SAFE = alphabet(`${LETTERS}-_`, false);

function alphabet(letters: string, isPadded: boolean): Alphabet {
  const values = new Uint8Array(128).fill(255);
  for (let value = 0; value < 64; value++) values[letters.charCodeAt(value)] = value;
  return { letters, isPadded, values };
}

export const encodeBase64 = (bytes: Uint8Array): string => encode(bytes, STANDARD);
export const encodeBase64Url = (bytes: Uint8Array): string => encode(bytes, URL_SAFE);

/** Undefined for what `encodeBase64` does not write. */
export const decodeBase64 = (text: string): Uint8Array | undefined => decode(text, STANDARD);

/** Undefined for what `encodeBase64Url` does not write. */
export const decodeBase64Url = (text: string): Uint8Array | undefined => decode(text, URL_SAFE);

/** Undefined unless the text is base64 of exactly so many bytes. */
export function decodeBase64Of(text: string, length: number): Uint8Array | undefined {
  if (text.length !== 4 * Math.ceil(length / 3)) return undefined;
  const bytes = decodeBase64(text);
  return bytes?.length === length ? bytes : undefined;
}

function encode(bytes: Uint8Array, { letters, isPadded }: Alphabet): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const rest = Math.min(3, bytes.length - at);
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    for (let letter = 0; letter <= rest; letter++) text += letters[(group >> (18 - 6 * letter)) & 63];
    if (isPadded) text += "=".repeat(3 - rest);
  }
  return text;
}

function decode(text: string, { isPadded, values }: Alphabet): Uint8Array | undefined {
  if (isPadded && text.length % 4 !== 0) return undefined;
  let end = text.length;
  for (let pads = 0; isPadded && pads < 2 && text[end - 1] === "="; pads++) end--;
  if (end % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((end * 3) / 4));
  let bits = 0;
  let count = 0;
  let length = 0;
  for (let at = 0; at < end; at++) {
    const value = values[text.charCodeAt(at)] ?? 255;
    if (value === 255) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes[length++] = bits >> count;
  }
  // What is left over must be zero, else several texts would mean the same bytes.
  return (bits & ((1 << count) - 1)) === 0 ? bytes : undefined;
}
