import {
  CIPHERS,
  type OpenSegment,
  openChunk,
  openHeader,
  parseFrames,
  parseHeader,
  placeChunks,
  type SegmentCrypto,
} from "@gatehouse/video";
import type { SealedSegment } from "./open-segment.ts";
import { portableCrypto } from "./segment-crypto.ts";

type Bytes = Uint8Array<ArrayBuffer>;
/** As much of WebCrypto as is used. */
export interface Subtle {
  digest(algorithm: "SHA-256", data: Bytes): Promise<ArrayBuffer>;
  importKey(
    form: "raw",
    key: Bytes,
    name: "AES-GCM",
    extractable: boolean,
    uses: "decrypt"[],
  ): Promise<unknown>;
  decrypt(
    algorithm: { readonly name: "AES-GCM"; readonly iv: Bytes; readonly additionalData: Bytes },
    // A key is whatever `importKey` gave.
    key: never,
    data: Bytes,
  ): Promise<ArrayBuffer>;
}

/** What was worked out already, by where the bytes that went in lie. */
class Known<T> {
  readonly #byBuffer = new WeakMap<ArrayBufferLike, Map<string, T>>();

  set(bytes: Uint8Array, of: string, value: T): void {
    const known = this.#byBuffer.get(bytes.buffer) ?? new Map<string, T>();
    this.#byBuffer.set(bytes.buffer, known.set(`${bytes.byteOffset} ${bytes.length} ${of}`, value));
  }

  get(bytes: Uint8Array, of: string): T | undefined {
    return this.#byBuffer.get(bytes.buffer)?.get(`${bytes.byteOffset} ${bytes.length} ${of}`);
  }
}

/**
 * Opens and hashes segments with the browser's own cryptography, which is many times faster and does not answer at
 * once. What is answered here is the same as `portableCrypto` would; what was not worked out it does itself.
 */
export async function openedAhead(
  segments: readonly Pick<SealedSegment, "file" | "key">[],
  subtle: Subtle,
): Promise<SegmentCrypto> {
  const opened = new Known<Uint8Array | "not authentic">();
  const digests = new Known<Uint8Array>();
  const digest = async (bytes: Uint8Array): Promise<void> =>
    digests.set(bytes, "", new Uint8Array(await subtle.digest("SHA-256", bytes as Bytes)));
  for (const { file, key } of segments) {
    const header = parseHeader(file);
    const segment = header && key && openHeader(header, key, portableCrypto);
    if (segment?.header.cipher !== CIPHERS.aes256gcm) continue;
    const { chunks, end } = placeChunks(file);
    await digest(file.subarray(0, end));
    const imported = await subtle.importKey("raw", segment.chunkKey as Bytes, "AES-GCM", false, ["decrypt"]);
    for (const [at, place] of chunks.entries()) {
      const sealed = file.subarray(place.start, place.end);
      const isEnd = at === chunks.length - 1;
      for (const isLast of isEnd ? [false, true] : [false]) {
        const { nonce, aad } = asked(segment, { number: place.number, isLast, sealed });
        const algorithm = { name: "AES-GCM", iv: nonce as Bytes, additionalData: aad as Bytes } as const;
        const plain = await subtle.decrypt(algorithm, imported as never, sealed as Bytes).then(
          (bytes) => new Uint8Array(bytes),
          () => undefined,
        );
        opened.set(sealed, nameOf(segment.chunkKey, nonce), plain ?? "not authentic");
        for (const { bytes } of (plain && !isLast && parseFrames(plain)) || []) await digest(bytes);
      }
    }
  }
  return {
    ...portableCrypto,
    open(cipher, key, nonce, aad, sealed) {
      const known = opened.get(sealed, nameOf(key, nonce));
      if (known === undefined) return portableCrypto.open(cipher, key, nonce, aad, sealed);
      return known === "not authentic" ? undefined : known;
    },
    sha256: (bytes) => digests.get(bytes, "") ?? portableCrypto.sha256(bytes),
  };
}

const nameOf = (key: Uint8Array, nonce: Uint8Array): string => `${key.join(".")} ${nonce.join(".")}`;

/** What opening a chunk asks of the cryptography. */
function asked(segment: OpenSegment, chunk: Parameters<typeof openChunk>[1]) {
  let parts = { nonce: new Uint8Array(0), aad: new Uint8Array(0) } as { nonce: Uint8Array; aad: Uint8Array };
  openChunk(segment, chunk, {
    ...portableCrypto,
    open(_cipher, _key, nonce, aad) {
      parts = { nonce, aad };
      return undefined;
    },
  });
  return parts;
}
