import { AppError, type Uuid } from "@gatehouse/base";
import { HEADER_BYTES, type OpenSegment, openChunk, openHeader, parseHeader, uuidOf } from "@gatehouse/video";
import type { ByteRange } from "../../../platform/http/range.ts";
import { segmentCrypto } from "../../../platform/secrets/index.ts";
import type { RecordingContext } from "../context.ts";
import { contentBytes, filePlaceOf, type PlacedChunk, type SegmentRow, segmentBlob } from "../model.ts";
import { SegmentStore } from "../segment-store.ts";
import { InFlight } from "./in-flight.ts";

/** Headers and keys that are at hand for the next range of the same segment. */
const MAX_OPENED = 256;

/** Content of segments: whole chunks are opened, all of an answer before its first byte leaves. */
export class ContentReader {
  readonly #context: RecordingContext;
  readonly #opened = new Map<Uuid, OpenSegment>();
  readonly #inFlight = new InFlight();

  constructor(context: RecordingContext) {
    this.#context = context;
  }

  /** Refuses `segment.not_found`, `segment.erased`. */
  async find(tenantId: Uuid, segmentId: Uuid): Promise<SegmentRow> {
    const row = await new SegmentStore(this.#context.db, tenantId).find(segmentId);
    if (row === undefined) throw new AppError("segment.not_found");
    if (row.state === "erased") throw new AppError("segment.erased");
    return row;
  }

  size(row: SegmentRow): number {
    return contentBytes(row.chunks);
  }

  /**
   * These bytes of the content. Refuses `segment.damaged` when one chunk of them does not open, and `server.busy` when
   * too much is on its way already, to anybody or to whoever asks; `release` when they have left.
   */
  async read(
    row: SegmentRow,
    { first, last }: ByteRange,
    askerId?: Uuid,
  ): Promise<{ readonly bytes: Uint8Array; readonly release: () => void }> {
    const wanted = row.chunks.filter((chunk) => chunk.at <= last && chunk.at + chunk.bytes > first);
    const [from] = wanted;
    const held = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
    if (from === undefined) return { bytes: new Uint8Array(0), release: () => undefined };
    const release = this.#inFlight.take(held, { tenantId: row.tenantId, askerId });
    try {
      const content = await this.#open(row, wanted, held);
      return { bytes: content.subarray(first - from.at, last + 1 - from.at), release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** The file as it is, sealed. Refuses `segment.not_found`, and `server.busy` as `read` does. */
  async readSealed(
    row: SegmentRow,
    { first, last }: ByteRange,
    askerId: Uuid,
  ): Promise<{ readonly bytes: Uint8Array; readonly release: () => void }> {
    const release = this.#inFlight.take(last + 1 - first, { tenantId: row.tenantId, askerId });
    try {
      const bytes = await this.#context.blobs.read(segmentBlob(row), first, last + 1);
      if (bytes === undefined) throw new AppError("segment.not_found");
      return { bytes, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Length of the file as it is. */
  async sealedSize(row: SegmentRow): Promise<number> {
    return (await this.#context.blobs.size(segmentBlob(row))) ?? 0;
  }

  /** Its key is gone. */
  forget(segmentId: Uuid): void {
    this.#opened.delete(segmentId);
  }

  async #open(row: SegmentRow, chunks: readonly PlacedChunk[], bytes: number): Promise<Uint8Array> {
    const segment = await this.#segmentOf(row);
    const content = new Uint8Array(bytes);
    const base = chunks[0]?.at ?? 0;
    for (const chunk of chunks) {
      const { start, end } = filePlaceOf(chunk);
      const sealed = await this.#context.blobs.read(segmentBlob(row), start, end);
      const opened =
        sealed && openChunk(segment, { number: chunk.number, isLast: false, sealed }, segmentCrypto);
      if (opened?.length !== chunk.bytes) return this.#damaged(row, chunk.number);
      content.set(opened, chunk.at - base);
    }
    return content;
  }

  async #segmentOf(row: SegmentRow): Promise<OpenSegment> {
    const known = this.#opened.get(row.segmentId);
    if (known !== undefined) return known;
    const { blobs, keyring } = this.#context;
    const bytes = await blobs.read(segmentBlob(row), 0, HEADER_BYTES);
    const key = await keyring.open(row).catch(() => undefined);
    const header = bytes && parseHeader(bytes);
    const opened = header && key && openHeader(header, key, segmentCrypto);
    const isIt =
      opened !== undefined &&
      uuidOf(opened.header.segmentId) === row.segmentId &&
      uuidOf(opened.header.cameraId) === row.cameraId;
    if (!isIt) return this.#damaged(row);
    const [oldest] = this.#opened.keys();
    if (this.#opened.size >= MAX_OPENED && oldest !== undefined) this.#opened.delete(oldest);
    this.#opened.set(row.segmentId, opened);
    return opened;
  }

  /** Said of the segment from now on: what else of it opens is shown all the same. */
  async #damaged(row: SegmentRow, chunk?: number): Promise<never> {
    const { db, log } = this.#context;
    const store = new SegmentStore(db, row.tenantId);
    // It may have been erased, or made room, since its row was read.
    const now = await store.find(row.segmentId);
    if (now === undefined) throw new AppError("segment.not_found");
    if (now.state === "erased") throw new AppError("segment.erased");
    log.error({ segmentId: row.segmentId, cameraId: row.cameraId, chunk }, "segment.damaged");
    if (now.state !== "open") await store.setState(row.segmentId, "damaged");
    throw new AppError("segment.damaged", chunk === undefined ? {} : { chunk });
  }
}
