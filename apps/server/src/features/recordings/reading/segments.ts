import { AppError, type UnixMs, type Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import type { RecordingContext } from "../context.ts";
import type { SegmentRow } from "../model.ts";
import type { LogEntries } from "../ports.ts";
import { SegmentStore } from "../segment-store.ts";
import { assertSpan } from "./timeline.ts";

const MAX_LISTED = 100;

/** What a player needs to know of segments. */
export class SegmentList {
  readonly #context: RecordingContext;
  readonly #entries: LogEntries;

  constructor(context: RecordingContext, entries: LogEntries) {
    this.#context = context;
    this.#entries = entries;
  }

  async list(
    tenantId: Uuid,
    cameraId: Uuid,
    span: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
  ): Promise<{ items: cameras.Segment[]; more: boolean }> {
    assertSpan(span);
    if (this.#context.cameras.find(cameraId) === undefined) throw new AppError("camera.none");
    const store = new SegmentStore(this.#context.db, tenantId);
    const rows = await store.overlapping(cameraId, span, MAX_LISTED + 1);
    const listed = rows.slice(0, MAX_LISTED);
    const ids = listed.filter(({ manifest }) => manifest !== undefined).map(({ segmentId }) => segmentId);
    const entries = ids.length === 0 ? new Map() : await this.#entries.sealedIn(tenantId, ids);
    return {
      items: listed.map((row) => shown(row, entries.get(row.segmentId))),
      more: rows.length > MAX_LISTED,
    };
  }

  /** The signed manifest, as text. */
  async manifest(tenantId: Uuid, segmentId: Uuid): Promise<string> {
    const row = await new SegmentStore(this.#context.db, tenantId).find(segmentId);
    if (row === undefined) throw new AppError("segment.not_found");
    if (row.manifest === undefined) throw new AppError("segment.unsigned");
    return row.manifest;
  }
}

function shown(row: SegmentRow, entry: number | undefined): cameras.Segment {
  const { segmentId: id, cameraId, firstMs, lastMs, startMs, frames, bytes, codec, pinned } = row;
  return {
    ...{ id, cameraId, firstMs, lastMs, startMs, frames, bytes, codec, pinned },
    state: row.state as cameras.Segment["state"],
    ...(entry === undefined ? {} : { entry }),
    chunks: row.chunks.map((chunk): [number, number, number] => [chunk.at, chunk.bytes, chunk.offsetMs]),
  };
}
