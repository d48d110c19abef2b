import { AppError, isAppError, type UnixMs, type Uuid } from "@gatehouse/base";
import { FRAME_KINDS, type Frame, isPicture, parseFrames } from "@gatehouse/video";
import type { RecordingContext } from "../context.ts";
import type { PlacedChunk, SegmentRow } from "../model.ts";
import type { KeyFrames } from "../ports.ts";
import { SegmentStore } from "../segment-store.ts";
import type { ContentReader } from "./content.ts";
import type { Views, Watcher } from "./views.ts";

export interface StillParts {
  readonly content: ContentReader;
  readonly views: Views;
  readonly keyFrames: KeyFrames;
}

/** The instant that is wanted, and the span that it is of, both ends included. */
export interface StillAsked {
  readonly atMs: UnixMs;
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
}

/** More than an event lasts. */
const MAX_SEGMENTS = 100;

/** Single recorded pictures, for lists of events. */
export class Stills {
  readonly #context: RecordingContext;
  readonly #parts: StillParts;

  constructor(context: RecordingContext, parts: StillParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /**
   * What the camera showed at an instant as JPEG, or as near to it as is recorded of the span: of video the key frame
   * before it. Refuses `camera.no_picture` where nothing is, `segment.damaged`, and as whoever decodes video does.
   */
  at(who: Watcher, cameraId: Uuid, asked: StillAsked): Promise<Uint8Array> {
    const record = () => this.#parts.views.record(who, { cameraId, firstMs: asked.atMs, via: "event" });
    return this.picture({ tenantId: who.tenantId, cameraId }, asked, record);
  }

  /** The same for what is in the audit log already, or is by the time that `record` resolves. */
  async picture(
    { tenantId, cameraId }: { readonly tenantId: Uuid; readonly cameraId: Uuid },
    { atMs, ...span }: StillAsked,
    record: () => Promise<void> = async () => undefined,
  ): Promise<Uint8Array> {
    const store = new SegmentStore(this.#context.db, tenantId);
    const rows = await store.overlapping(cameraId, span, MAX_SEGMENTS);
    const row = rows.findLast(({ startMs }) => startMs <= atMs) ?? rows[0];
    const chunk = row?.chunks.findLast(({ offsetMs }) => row.startMs + offsetMs <= atMs) ?? row?.chunks[0];
    if (row === undefined || chunk === undefined) throw new AppError("camera.no_picture");
    await record();
    const frames = (await this.#framesOf(row, chunk)).filter(isPicture);
    const shown = frames.findLast(({ offsetMs }) => row.startMs + offsetMs <= atMs) ?? frames[0];
    if (shown === undefined) throw new AppError("camera.no_picture");
    return shown.kind === FRAME_KINDS.jpeg ? shown.bytes : this.#decoded(row, shown);
  }

  /** A segment of video has its initialisation in front. */
  async #decoded(row: SegmentRow, { bytes }: Frame): Promise<Uint8Array> {
    const [first] = row.chunks;
    const frames = first === undefined ? [] : await this.#framesOf(row, first);
    const init = frames.find(({ kind }) => kind === FRAME_KINDS.mp4Init);
    if (init === undefined) throw new AppError("camera.no_picture");
    return this.#parts.keyFrames.jpegOf(init.bytes, bytes).catch((error: unknown) => {
      throw isAppError(error, "frame.malformed") ? new AppError("camera.no_picture") : error;
    });
  }

  async #framesOf(row: SegmentRow, { at, bytes: length }: PlacedChunk): Promise<readonly Frame[]> {
    const { bytes, release } = await this.#parts.content.read(row, { first: at, last: at + length - 1 });
    release();
    return parseFrames(bytes) ?? [];
  }
}
