import { AppError, type UnixMs, type Uuid } from "@gatehouse/base";
import { FRAME_KINDS, parseFrames } from "@gatehouse/video";
import type { RecordingContext } from "../context.ts";
import { SegmentStore } from "../segment-store.ts";
import type { ContentReader } from "./content.ts";
import type { Views, Watcher } from "./views.ts";

/** Single recorded pictures, for lists of events. */
export class Stills {
  readonly #context: RecordingContext;
  readonly #content: ContentReader;
  readonly #views: Views;

  constructor(context: RecordingContext, content: ContentReader, views: Views) {
    this.#context = context;
    this.#content = content;
    this.#views = views;
  }

  /**
   * The JPEG that the camera showed at an instant. Refuses `camera.no_picture` where nothing, or video, is recorded, and
   * `segment.damaged`.
   */
  async at(who: Watcher, cameraId: Uuid, atMs: UnixMs): Promise<Uint8Array> {
    const store = new SegmentStore(this.#context.db, who.tenantId);
    const [row] = await store.overlapping(cameraId, { fromMs: atMs, toMs: atMs }, 1);
    const chunk = row?.chunks.findLast(({ offsetMs }) => row.startMs + offsetMs <= atMs) ?? row?.chunks[0];
    if (row === undefined || chunk === undefined || row.codec !== "jpeg")
      throw new AppError("camera.no_picture");
    await this.#views.record(who, { cameraId, firstMs: atMs, via: "event" });
    const { bytes, release } = await this.#content.read(row, {
      first: chunk.at,
      last: chunk.at + chunk.bytes - 1,
    });
    try {
      const frames = (parseFrames(bytes) ?? []).filter(({ kind }) => kind === FRAME_KINDS.jpeg);
      const shown = frames.findLast(({ offsetMs }) => row.startMs + offsetMs <= atMs) ?? frames[0];
      if (shown === undefined) throw new AppError("camera.no_picture");
      return shown.bytes.slice();
    } finally {
      release();
    }
  }
}
