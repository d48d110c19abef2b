import { newUuid, type UnixMs } from "@gatehouse/base";
import { encodeVerifierKey, type VerifierKey } from "@gatehouse/ledger";
import {
  createHeader,
  FRAME_KINDS,
  type Frame,
  SEALING_BYTES,
  type SegmentManifest,
  SegmentWriter,
  signManifest,
  uuidBytes,
} from "@gatehouse/video";
import type { BlobWriter } from "../../../platform/blobs/index.ts";
import { createSha256, segmentCrypto, sha256Hex } from "../../../platform/secrets/index.ts";
import type { RecordingContext } from "../context.ts";
import { KEY_BLOB_BYTES } from "../keyring.ts";
import { type Codec, type SegmentName, segmentBlob } from "../model.ts";
import type { PauseReason } from "../room/room.ts";
import type { SignedIndex } from "../segment-file.ts";
import { SegmentStore } from "../segment-store.ts";

const NONCE_PREFIX_BYTES = 7;
/** Room for the last chunk (a table of at most some hundred chunks) and the manifest, promised at the start. */
const END_BYTES = 32_768;

/** There is no room for more. */
export class NoRoom extends Error {
  readonly reason: PauseReason;

  constructor(reason: PauseReason) {
    super(reason);
    this.reason = reason;
  }
}

/** What is written of a manifest once its segment is sealed. */
export interface Sealed {
  readonly manifest: SegmentManifest;
  readonly manifestSha256: string;
}

/** A segment that is being written: chunk by chunk, each on disk before the index says so. */
export class OpenSegment {
  readonly name: SegmentName;
  readonly startMs: UnixMs;
  readonly codec: Codec;
  readonly transient: boolean;
  readonly #context: RecordingContext;
  readonly #store: SegmentStore;
  readonly #writer: SegmentWriter;
  readonly #hash = createSha256();
  readonly #header: Uint8Array;
  readonly #file: BlobWriter;
  #bytes = 0;
  #isPinned = false;

  private constructor(
    context: RecordingContext,
    begun: {
      readonly name: SegmentName;
      readonly startMs: UnixMs;
      readonly codec: Codec;
      readonly transient: boolean;
      readonly key: Uint8Array;
      readonly file: BlobWriter;
    },
  ) {
    this.#context = context;
    this.name = begun.name;
    this.startMs = begun.startMs;
    this.codec = begun.codec;
    this.transient = begun.transient;
    this.#file = begun.file;
    this.#store = new SegmentStore(context.db, begun.name.tenantId);
    const identity = {
      cameraId: uuidBytes(begun.name.cameraId) as Uint8Array,
      segmentId: uuidBytes(begun.name.segmentId) as Uint8Array,
      ...{ startMs: begun.startMs, cipher: context.cipher },
    };
    const prefix = context.random.bytes(NONCE_PREFIX_BYTES);
    const segment = createHeader(identity, begun.key, prefix, segmentCrypto);
    this.#header = segment.header.bytes;
    this.#writer = new SegmentWriter(segment, segmentCrypto);
  }

  /** Its row and its key are there before its first byte. Throws `NoRoom`. */
  static async begin(
    context: RecordingContext,
    wanted: {
      readonly tenantId: string;
      readonly cameraId: string;
      readonly startMs: UnixMs;
      readonly codec: Codec;
      readonly transient: boolean;
    },
  ): Promise<OpenSegment> {
    const { clock, random, blobs, keyring, room, db } = context;
    const { tenantId, cameraId } = wanted;
    const name = { tenantId, cameraId, segmentId: newUuid(clock, random) };
    const reason = await room.reserve(tenantId, END_BYTES);
    if (reason !== undefined) throw new NoRoom(reason);
    const store = new SegmentStore(db, tenantId);
    try {
      await store.insertOpen(name, wanted);
      const key = await keyring.make(name);
      const file = await blobs.create(segmentBlob(name));
      return new OpenSegment(context, { ...wanted, name, key, file });
    } catch (error) {
      await room.giveBack(tenantId, END_BYTES);
      await room.removeFiles(name).catch(() => undefined);
      await store.delete(name.segmentId).catch(() => undefined);
      throw error;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isFull(): boolean {
    return this.#writer.isFull;
  }

  /** One chunk of these frames, in the order of their offsets, on disk and in the index when it resolves. */
  async append(frames: readonly Frame[]): Promise<void> {
    const [first] = frames;
    const last = frames.at(-1);
    if (first === undefined || last === undefined) return;
    for (const frame of frames) this.#writer.add(frame);
    const sealed = this.#writer.takeChunk() as Uint8Array;
    const isFirst = this.#bytes === 0;
    const bytes = isFirst ? Buffer.concat([this.#header, sealed]) : sealed;
    const fileBytes = bytes.length + (isFirst ? KEY_BLOB_BYTES : 0);
    const { room } = this.#context;
    const { tenantId, segmentId } = this.name;
    await this.#write(bytes, fileBytes);
    const wasPinned = this.#isPinned;
    this.#isPinned = await this.#store.appendChunk(segmentId, {
      chunk: {
        bytes: sealed.length - SEALING_BYTES,
        offsetMs: first.offsetMs,
        frames: frames.length,
      },
      fileBytes,
      lastMs: this.startMs + last.offsetMs,
    });
    this.#bytes += fileBytes;
    await room.written(tenantId, fileBytes, this.#isPinned);
    if (this.#isPinned && !wasPinned) await room.pinsChange(tenantId);
  }

  /** Signs what it holds, with its entry in the audit log. */
  async finish(previous: string | undefined, moved: boolean): Promise<Sealed> {
    const { audit, db, room, signer } = this.#context;
    const { tenantId } = this.name;
    const { bytes, manifest } = this.#writer.finish({
      previous: previous ?? null,
      detections: [],
      sealedSha256: (last) => {
        this.#hash.update(last);
        return Buffer.from(this.#hash.hex(), "hex");
      },
    });
    const note = signManifest(manifest, signer);
    const end = Buffer.concat([bytes, Buffer.from(note)]);
    await this.#file.append(end);
    await this.#file.close();
    const manifestSha256 = sha256Hex(note);
    await db.transaction().execute(async (tx) => {
      const sealed = { manifest: note, manifestSha256, addedBytes: end.length, moved };
      await new SegmentStore(tx, tenantId).seal(this.name, sealed);
      const signed = { manifest, by: signer.key };
      await audit.record(tx, sealedEvent(this.name, signed, manifestSha256, signer.key));
    });
    this.#bytes += end.length;
    await room.giveBack(tenantId, END_BYTES - end.length);
    await room.written(tenantId, end.length, this.#isPinned);
    return { manifest, manifestSha256 };
  }

  /** No more is written to it; whoever recovers segments says what it holds. */
  async abandon(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await this.#context.room.giveBack(this.name.tenantId, END_BYTES);
  }

  async #write(bytes: Uint8Array, fileBytes: number): Promise<void> {
    const { room } = this.#context;
    const { tenantId } = this.name;
    const reason = await room.reserve(tenantId, fileBytes);
    if (reason !== undefined) throw new NoRoom(reason);
    try {
      await this.#file.append(bytes);
    } catch (error) {
      room.forgetSpace();
      await room.giveBack(tenantId, fileBytes);
      throw error;
    }
    this.#hash.update(bytes);
  }
}

/** What the audit log keeps of a sealed segment: also who signed it, where that was not this server (`own`). */
export const sealedEvent = (
  { tenantId, cameraId, segmentId }: SegmentName,
  { manifest: { firstMs, lastMs, frames }, by }: Pick<SignedIndex, "manifest" | "by">,
  manifestSha256: string,
  own: VerifierKey,
) =>
  ({
    kind: "recording.sealed",
    tenantId,
    actor: { kind: "system" },
    subject: { kind: "segment", id: segmentId },
    data: {
      ...{ cameraId, manifestSha256, firstMs, lastMs, frames },
      ...(by.id === own.id ? {} : { signer: encodeVerifierKey(by) }),
    },
  }) as const;

export const codecOf = (kind: number): Codec => (kind === FRAME_KINDS.jpeg ? "jpeg" : "h264-fmp4");
