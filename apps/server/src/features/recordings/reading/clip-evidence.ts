import type { UnixMs, Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { gapsIn } from "../chain.ts";
import type { RecordingContext } from "../context.ts";
import { type SegmentRow, segmentBlob } from "../model.ts";
import type { Evidence } from "../ports.ts";
import { SegmentStore } from "../segment-store.ts";
import type { Views, Watcher } from "./views.ts";

export interface ClipEvidenceParts {
  readonly evidence: Evidence;
  readonly views: Views;
  /** What is being written of the camera is sealed and signed when it resolves. */
  readonly endSegment: (cameraId: Uuid) => Promise<void>;
}

interface Span {
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
  /** Whose clip it is. */
  readonly eventId?: Uuid | undefined;
}

export type EvidenceOfClip = Omit<cameras.ClipEvidence, "eventId">;

/** As many as a span of this length can have, with one that is there at both ends. */
const MAX_SEGMENTS = 200;

/**
 * What proves the recordings of a span, for whoever does not believe this server: the segments as they are sealed, the
 * keys that open them and the entries of the log about them. Nothing is opened here.
 */
export class ClipEvidences {
  readonly #context: RecordingContext;
  readonly #parts: ClipEvidenceParts;

  constructor(context: RecordingContext, parts: ClipEvidenceParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** `isOver`: nothing of the span is still to come, so that what is open of it can be sealed now. */
  async of(who: Watcher, cameraId: Uuid, asked: Span, isOver: boolean): Promise<EvidenceOfClip> {
    const { evidence, views } = this.#parts;
    await views.record(who, {
      ...{ cameraId, firstMs: asked.fromMs, via: "clip" },
      eventId: asked.eventId,
    });
    const toMs = Math.min(asked.toMs, asked.fromMs + cameras.CLIP_EVIDENCE_MAX_MS);
    const rows = await this.#rows(who.tenantId, cameraId, { fromMs: asked.fromMs, toMs }, isOver);
    const fitting = withinBytes(rows);
    const last = fitting.at(-1);
    const signed = fitting.filter(({ manifest }) => manifest !== undefined);
    const ids = signed.map(({ segmentId }) => segmentId);
    const { files } = await evidence.sealedIn(who.tenantId, ids);
    return {
      cameraId,
      fromMs: asked.fromMs,
      toMs: fitting.length < rows.length && last !== undefined ? last.lastMs : toMs,
      isCut: toMs < asked.toMs || fitting.length < rows.length,
      segments: await Promise.all(fitting.map((row) => this.#segment(row))),
      gaps: gapsIn(signed),
      log: files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString("base64") })),
    };
  }

  async #rows(tenantId: Uuid, cameraId: Uuid, span: Span, isOver: boolean): Promise<SegmentRow[]> {
    const store = new SegmentStore(this.#context.db, tenantId);
    const rows = await store.overlapping(cameraId, span, MAX_SEGMENTS);
    if (!isOver || !rows.some(({ state }) => state === "open")) return rows;
    await this.#parts.endSegment(cameraId);
    return store.overlapping(cameraId, span, MAX_SEGMENTS);
  }

  async #segment(row: SegmentRow): Promise<cameras.EvidenceSegment> {
    const { blobs, keyring } = this.#context;
    const { codec, firstMs, lastMs, manifest, segmentId, startMs, state } = row;
    const key = await keyring.open(row).catch(() => undefined);
    return {
      ...{ id: segmentId, codec, startMs, firstMs, lastMs },
      state: state === "erased" ? "damaged" : state,
      sealedBytes: (await blobs.size(segmentBlob(row))) ?? 0,
      ...(manifest === undefined ? {} : { manifest }),
      ...(key === undefined ? {} : { key: Buffer.from(key).toString("base64") }),
    };
  }
}

/** The first ones that fit; one at least. */
function withinBytes(rows: readonly SegmentRow[]): SegmentRow[] {
  let bytes = 0;
  const end = rows.findIndex((row, at) => {
    bytes += row.bytes;
    return at > 0 && bytes > cameras.CLIP_EVIDENCE_MAX_BYTES;
  });
  return end < 0 ? [...rows] : rows.slice(0, end);
}
