import type { FileHandle } from "node:fs/promises";
import type { UnixMs } from "@gatehouse/base";
import type { Signer } from "@gatehouse/ledger";
import { createSha256, segmentCrypto } from "@gatehouse/secure-channel";
import {
  type CipherId,
  createHeader,
  type Frame,
  SegmentWriter,
  signManifest,
  uuidBytes,
} from "@gatehouse/video";
import type { ClipMark } from "./clip-files.ts";

export const NONCE_PREFIX_BYTES = 7;

export interface ClipBegun {
  readonly cameraId: string;
  readonly id: string;
  readonly startMs: UnixMs;
  readonly codec: "jpeg" | "h264";
  readonly cipher: CipherId;
  readonly key: Uint8Array;
  readonly noncePrefix: Uint8Array;
  readonly file: FileHandle;
}

/** A segment that is being written: each chunk is on disk when it counts. */
export class OpenClip {
  readonly id: string;
  readonly startMs: UnixMs;
  readonly codec: ClipBegun["codec"];
  readonly #file: FileHandle;
  readonly #writer: SegmentWriter;
  readonly #hash = createSha256();
  #header: Uint8Array | undefined;
  #bytes = 0;
  #lastMs: UnixMs;

  constructor({ cameraId, id, startMs, codec, cipher, key, noncePrefix, file }: ClipBegun) {
    const identity = {
      cameraId: uuidBytes(cameraId) as Uint8Array,
      segmentId: uuidBytes(id) as Uint8Array,
      ...{ startMs, cipher },
    };
    const segment = createHeader(identity, key, noncePrefix, segmentCrypto);
    this.id = id;
    this.startMs = startMs;
    this.codec = codec;
    this.#lastMs = startMs;
    this.#file = file;
    this.#header = segment.header.bytes;
    this.#writer = new SegmentWriter(segment, segmentCrypto);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isFull(): boolean {
    return this.#writer.isFull;
  }

  /** One chunk, on disk when it resolves. */
  async append(frames: readonly Frame[]): Promise<void> {
    for (const frame of frames) this.#writer.add(frame);
    const chunk = this.#writer.takeChunk();
    if (chunk === undefined) return;
    await this.#write(this.#header === undefined ? chunk : Buffer.concat([this.#header, chunk]));
    this.#header = undefined;
    this.#lastMs = this.startMs + (frames.at(-1)?.offsetMs ?? 0);
  }

  /** Signs what it holds; `previous` is the SHA-256 of the manifest before it. */
  async finish(
    previous: string | null,
    signer: Signer,
  ): Promise<Omit<ClipMark, "needed" | "sent"> & { readonly manifestSha256: string }> {
    const { bytes, manifest } = this.#writer.finish({
      previous,
      detections: [],
      sealedSha256: (last) => {
        this.#hash.update(last);
        return this.#hash.digest();
      },
    });
    const note = signManifest(manifest, signer);
    const end = Buffer.concat([bytes, Buffer.from(note)]);
    await this.#file.appendFile(end);
    await this.#file.sync();
    await this.#file.close();
    return {
      v: 1,
      startMs: this.startMs,
      firstMs: manifest.firstMs,
      lastMs: this.#lastMs,
      bytes: this.#bytes + end.length,
      manifest: note,
      manifestSha256: Buffer.from(segmentCrypto.sha256(Buffer.from(note))).toString("hex"),
    };
  }

  /** No more is written to it. */
  async abandon(): Promise<void> {
    await this.#file.close().catch(() => undefined);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#file.appendFile(bytes);
    await this.#file.datasync();
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }
}
