import { AppError, type Clock, type Random, type Uuid } from "@gatehouse/base";
import {
  type CipherId,
  createHeader,
  HEADER_BYTES,
  MAX_CHUNKS,
  type OpenSegment,
  openChunk,
  openHeader,
  parseHeader,
  placeOfContent,
  sealChunk,
  uuidBytes,
  uuidOf,
} from "@gatehouse/video";
import type { Blobs, BlobWriter } from "../../../platform/blobs/index.ts";
import { segmentCrypto } from "../../../platform/secrets/index.ts";
import type { KeyPlace, SegmentKeyring } from "../keyring.ts";
import type { SegmentName } from "../model.ts";

/** Whose file it is; its key opens under this name alone. */
export interface SealedName {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly fileId: Uuid;
}

/** A file that was made and sealed, open for reading. */
export interface OpenSealedFile {
  readonly bytes: number;
  /** Opened bytes from … to, both included; rejects with `export.damaged` before a byte that was not sealed so. */
  read(first: number, last: number): AsyncGenerator<Uint8Array>;
}

/** Of content in one chunk; all but the last ones of body and head are of this size. */
const CHUNK_BYTES = 1_048_576;
/** Lengths of head and body, u64 each: sealed as the last chunk, and in the clear behind it, where they are found. */
const LENGTHS_BYTES = 16;
const PREFIX_BYTES = 7;
/** Of one file. Two chunks are for the end of the head, and for the lengths. */
export const MAX_SEALED_BYTES = (MAX_CHUNKS - 3) * CHUNK_BYTES;

const FILE = /^([0-9a-f-]{36})\/([0-9a-f-]{36})\/([0-9a-f-]{36})\.(sealed|key)$/;
const fileBlob = ({ tenantId, cameraId, fileId }: SealedName): string =>
  `${tenantId}/${cameraId}/${fileId}.sealed`;
const keyBlobOf = ({ tenantId, cameraId, fileId }: SealedName): string =>
  `${tenantId}/${cameraId}/${fileId}.key`;
const keyName = ({ tenantId, cameraId, fileId }: SealedName): SegmentName => ({
  tenantId,
  cameraId,
  segmentId: fileId,
});

export interface SealedFilesDeps {
  /** Of these files alone. */
  readonly blobs: Blobs;
  readonly keyring: SegmentKeyring;
  readonly cipher: CipherId;
  readonly clock: Clock;
  readonly random: Random;
  /** What recordings keep free of the disk. */
  readonly minFreeBytes: number;
}

/** Whether a file is somebody's: what is nobody's goes at the start. */
export type OwnsFile = (name: SealedName) => Promise<boolean>;

/**
 * Files made from recordings: films and archives, sealed in chunks as segments are (docs/recordings.md), each under a
 * key of its own in a file beside it. The front of a file may be written last, as a film's index is.
 */
export class SealedFiles {
  readonly #deps: SealedFilesDeps;
  readonly #owners: OwnsFile[] = [];

  constructor(deps: SealedFilesDeps) {
    this.#deps = deps;
  }

  /** Who makes files here says which are theirs, before `sweep`. */
  addOwner(owns: OwnsFile): void {
    this.#owners.push(owns);
  }

  async create(name: SealedName): Promise<SealedWriter> {
    const { blobs, cipher, clock, keyring, random } = this.#deps;
    await this.remove(name);
    // Before its key: a key without a file is one that was erased.
    const file = await blobs.create(fileBlob(name));
    const key = await keyring.make(keyName(name), this.#keyPlace(name));
    const identity = {
      cameraId: uuidBytes(name.cameraId) as Uint8Array,
      segmentId: uuidBytes(name.fileId) as Uint8Array,
      startMs: clock.nowMs(),
      cipher,
    };
    const segment = createHeader(identity, key, random.bytes(PREFIX_BYTES), segmentCrypto);
    await file.append(segment.header.bytes);
    return new SealedWriter(segment, file, () => this.#assertSpace());
  }

  /** Undefined when there is none, or no key for it any more. Refuses `export.damaged`. */
  async open(name: SealedName): Promise<OpenSealedFile | undefined> {
    const { blobs, keyring } = this.#deps;
    const [size, start] = [
      await blobs.size(fileBlob(name)),
      await blobs.read(fileBlob(name), 0, HEADER_BYTES),
    ];
    const key = await keyring.open(keyName(name), this.#keyPlace(name)).catch(() => undefined);
    if (size === undefined || start === undefined || key === undefined) return undefined;
    const header = parseHeader(start);
    const segment = header && openHeader(header, key, segmentCrypto);
    if (segment === undefined || uuidOf(segment.header.segmentId) !== name.fileId)
      throw new AppError("export.damaged");
    const lengths = await blobs.read(fileBlob(name), size - LENGTHS_BYTES, size);
    const file = new SealedReader(segment, blobs, fileBlob(name), lengths ?? new Uint8Array(0));
    await file.assertWhole();
    return file;
  }

  /** Key first: without it the rest is nothing. */
  async remove(name: SealedName): Promise<void> {
    await this.#deps.blobs.remove(keyBlobOf(name));
    await this.#deps.blobs.remove(fileBlob(name));
  }

  /** Takes away what is nobody's: what was being made when the server ended, or whose row is gone. */
  async sweep(): Promise<number> {
    let removed = await this.#deps.blobs.removeDrafts();
    for await (const blob of this.#deps.blobs.list()) {
      const name = parseName(blob);
      const isOwned = name !== undefined && (await this.#isOwned(name));
      if (isOwned) continue;
      await this.#deps.blobs.remove(blob);
      removed++;
    }
    return removed;
  }

  /** What the files of an organisation take on the disk, also those that are being made. */
  async totals(tenantId: Uuid): Promise<{ readonly count: number; readonly bytes: number }> {
    let [count, bytes] = [0, 0];
    for await (const blob of this.#deps.blobs.list()) {
      if (parseName(blob)?.tenantId !== tenantId) continue;
      bytes += (await this.#deps.blobs.size(blob)) ?? 0;
      if (blob.endsWith(".sealed")) count++;
    }
    return { count, bytes };
  }

  /** Wraps the keys of an organisation's files under its newest key. */
  async rewrap(tenantId: Uuid): Promise<void> {
    for await (const blob of this.#deps.blobs.list()) {
      const name = parseName(blob);
      if (name?.tenantId !== tenantId || !blob.endsWith(".key")) continue;
      await this.#deps.keyring.rewrap(keyName(name), this.#keyPlace(name));
      // Somebody may have erased it meanwhile.
      if ((await this.#deps.blobs.size(fileBlob(name))) === undefined) await this.remove(name);
    }
  }

  async #isOwned(name: SealedName): Promise<boolean> {
    for (const owns of this.#owners) if (await owns(name)) return true;
    return false;
  }

  async #assertSpace(): Promise<void> {
    const { freeBytes } = await this.#deps.blobs.space();
    // Twice what recordings leave: no copy of them takes the place of an original.
    if (freeBytes < 2 * this.#deps.minFreeBytes + CHUNK_BYTES) throw new AppError("server.disk_full");
  }

  #keyPlace(name: SealedName): KeyPlace {
    return { blobs: this.#deps.blobs, blob: keyBlobOf(name) };
  }
}

function parseName(blob: string): SealedName | undefined {
  const [, tenantId, cameraId, fileId] = FILE.exec(blob) ?? [];
  if (tenantId === undefined || cameraId === undefined || fileId === undefined) return undefined;
  return { tenantId, cameraId, fileId };
}

/** Writes one file from its body to its front; what is in memory is one chunk. */
export class SealedWriter {
  readonly #segment: OpenSegment;
  readonly #file: BlobWriter;
  readonly #assertSpace: () => Promise<void>;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #chunks = 0;
  #bodyBytes = 0;

  constructor(segment: OpenSegment, file: BlobWriter, assertSpace: () => Promise<void>) {
    this.#segment = segment;
    this.#file = file;
    this.#assertSpace = assertSpace;
  }

  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  /** Refuses `export.too_large`, `server.disk_full`. */
  async append(bytes: Uint8Array): Promise<void> {
    this.#bodyBytes += bytes.length;
    if (this.#bodyBytes > MAX_SEALED_BYTES) throw new AppError("export.too_large", { max: MAX_SEALED_BYTES });
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    while (this.#waitingBytes >= CHUNK_BYTES) await this.#seal(this.#take(CHUNK_BYTES));
  }

  /** The file is whole when it resolves: `head` stands before everything that was appended. Answers its length. */
  async finish(head: Uint8Array = new Uint8Array(0)): Promise<number> {
    if (this.#bodyBytes + head.length > MAX_SEALED_BYTES)
      throw new AppError("export.too_large", { max: MAX_SEALED_BYTES });
    if (this.#waitingBytes > 0) await this.#seal(this.#take(this.#waitingBytes));
    for (let at = 0; at < head.length; at += CHUNK_BYTES)
      await this.#seal(head.subarray(at, at + CHUNK_BYTES));
    const lengths = Buffer.alloc(LENGTHS_BYTES);
    lengths.writeBigUInt64BE(BigInt(head.length));
    lengths.writeBigUInt64BE(BigInt(this.#bodyBytes), 8);
    await this.#seal(lengths, true);
    await this.#file.append(lengths);
    await this.#file.close();
    return this.#bodyBytes + head.length;
  }

  /** Nothing more comes; whoever made it removes the file. */
  abandon(): Promise<void> {
    return this.#file.close().catch(() => undefined);
  }

  #take(bytes: number): Uint8Array {
    const all = this.#waiting.length === 1 ? (this.#waiting[0] as Uint8Array) : Buffer.concat(this.#waiting);
    this.#waiting = all.length === bytes ? [] : [all.subarray(bytes)];
    this.#waitingBytes -= bytes;
    return all.subarray(0, bytes);
  }

  async #seal(plaintext: Uint8Array, isLast = false): Promise<void> {
    await this.#assertSpace();
    const chunk = { number: this.#chunks++, isLast, plaintext };
    await this.#file.append(sealChunk(this.#segment, chunk, segmentCrypto));
  }
}

class SealedReader implements OpenSealedFile {
  readonly #segment: OpenSegment;
  readonly #blobs: Blobs;
  readonly #blob: string;
  readonly #lengths: Uint8Array;
  readonly #headBytes: number;
  readonly #bodyBytes: number;

  constructor(segment: OpenSegment, blobs: Blobs, blob: string, lengths: Uint8Array) {
    this.#segment = segment;
    this.#blobs = blobs;
    this.#blob = blob;
    this.#lengths = lengths;
    const isWhole = lengths.length === LENGTHS_BYTES;
    const view = new DataView(lengths.buffer, lengths.byteOffset, lengths.byteLength);
    this.#headBytes = isWhole ? Number(view.getBigUint64(0)) : Number.NaN;
    this.#bodyBytes = isWhole ? Number(view.getBigUint64(8)) : Number.NaN;
  }

  get bytes(): number {
    return this.#headBytes + this.#bodyBytes;
  }

  /** The lengths are those that were sealed at the end. */
  async assertWhole(): Promise<void> {
    if (!(this.bytes <= MAX_SEALED_BYTES)) throw new AppError("export.damaged");
    const number = chunksOf(this.#bodyBytes) + chunksOf(this.#headBytes);
    const sealed = await this.#open(number, this.bytes, LENGTHS_BYTES, true);
    if (Buffer.compare(sealed, this.#lengths) !== 0) throw new AppError("export.damaged");
  }

  async *read(first: number, last: number): AsyncGenerator<Uint8Array> {
    for (let at = first; at <= last; ) {
      const isHead = at < this.#headBytes;
      const [base, length] = isHead ? [0, this.#headBytes] : [this.#headBytes, this.#bodyBytes];
      const index = Math.floor((at - base) / CHUNK_BYTES);
      const begin = index * CHUNK_BYTES;
      const bytes = Math.min(CHUNK_BYTES, length - begin);
      // The head is sealed behind the body and read before it.
      const [number, place] = isHead
        ? [chunksOf(this.#bodyBytes) + index, this.#bodyBytes + begin]
        : [index, begin];
      const opened = await this.#open(number, place, bytes, false);
      const end = Math.min(last + 1, base + begin + bytes);
      yield opened.subarray(at - base - begin, end - base - begin);
      at = end;
    }
  }

  async #open(number: number, at: number, bytes: number, isLast: boolean): Promise<Uint8Array> {
    const { start, end } = placeOfContent(number, at, bytes);
    const sealed = await this.#blobs.read(this.#blob, start, end);
    const opened = sealed && openChunk(this.#segment, { number, isLast, sealed }, segmentCrypto);
    if (opened?.length !== bytes) throw new AppError("export.damaged");
    return opened;
  }
}

const chunksOf = (bytes: number): number => Math.ceil(bytes / CHUNK_BYTES);
