import { isAppError, type MonotonicMs, type UnixMs, type Uuid } from "@gatehouse/base";
import { FRAME_KINDS, type Frame, isPicture } from "@gatehouse/video";
import type { RecordingContext } from "../context.ts";
import {
  CHUNK_MS,
  type Codec,
  MAX_CHUNK_CONTENT_BYTES,
  MAX_SEGMENT_BYTES,
  MAX_WAITING_BYTES,
  MIN_SEGMENT_BYTES,
  RECORDING_WITHIN_MS,
  SEGMENT_MS,
  SILENT_MS,
} from "../model.ts";
import type { RecordedFrame } from "../ports.ts";
import type { PauseReason } from "../room/room.ts";
import { SegmentStore } from "../segment-store.ts";
import { codecOf, NoRoom, OpenSegment } from "./open-segment.ts";

/** What one camera's recorder asks of the whole. */
export interface RecorderHost {
  /** Whether recording is paused for the organisation; asked before each chunk. */
  isPaused(tenantId: Uuid): boolean;
  pause(tenantId: Uuid, reason: PauseReason): void;
  /** A chunk was written. */
  wrote(tenantId: Uuid): void;
  /** A segment was left: says what it holds. */
  recover(tenantId: Uuid, segmentId: Uuid): Promise<void>;
  openSegments(tenantId: Uuid): number;
  movedIn(segment: OpenSegment, lastMs: UnixMs): Promise<boolean>;
}

/** What is written: what was found in pictures stands among them. */
type Waiting = Pick<RecordedFrame, "bytes" | "deviceMs" | "takenMs"> & Pick<Frame, "kind">;

/** Looks whose finds wait for a batch; more come only from somebody who looks faster than pictures do. */
const MAX_FOUND_WAITING = 64;

interface Batch {
  readonly frames: Waiting[];
  readonly codec: Codec;
  readonly beganMs: MonotonicMs;
  bytes: number;
  /** Whether it is kept only until it is clear that no event needs it. */
  readonly transient: boolean;
  /** What its H.264 stream begins with. */
  readonly init: RecordedFrame | undefined;
}

/** Frames of one camera into segments: gathers a second of them, then writes in order, one thing after the other. */
export class CameraRecorder {
  readonly #context: RecordingContext;
  readonly #host: RecorderHost;
  readonly #tenantId: Uuid;
  readonly #cameraId: Uuid;
  #batch: Batch | undefined;
  #waitingBytes = 0;
  #work: Promise<void> = Promise.resolve();
  #segment: OpenSegment | undefined;
  #lastMs = 0;
  /** How the newest frame was recorded. */
  #last: Pick<Batch, "codec" | "transient"> | undefined;
  /** When the newest frame came. */
  #heardMs: MonotonicMs = 0;
  #previous: string | undefined;
  #knowsPrevious = false;
  /** What an H.264 stream begins with; each segment has it. */
  #init: RecordedFrame | undefined;
  #lost = 0;
  #isEnding = false;
  /** What was found in pictures, until another picture comes or the segment ends. */
  #found: Uint8Array[] = [];

  constructor(context: RecordingContext, host: RecorderHost, camera: { tenantId: Uuid; cameraId: Uuid }) {
    this.#context = context;
    this.#host = host;
    this.#tenantId = camera.tenantId;
    this.#cameraId = camera.cameraId;
  }

  /** Frames that were to be recorded and are not. */
  get lost(): number {
    return this.#lost;
  }

  /** Whether a segment is open, or frames wait for one. */
  get isWriting(): boolean {
    return this.#segment !== undefined || this.#waitingBytes > 0;
  }

  /** Whether what comes is being written: a segment may be open for a while after the last frame. */
  isRecording(): boolean {
    return this.isWriting && this.#context.clock.monotonicMs() - this.#heardMs < RECORDING_WITHIN_MS;
  }

  take(frame: RecordedFrame, transient: boolean): void {
    if (frame.kind === FRAME_KINDS.mp4Init) {
      void this.endSegment();
      this.#init = frame;
      return;
    }
    const codec = codecOf(frame.kind);
    const batch = this.#batch;
    const isOther = batch?.codec !== codec || batch.transient !== transient;
    const [first] = batch?.frames ?? [];
    const isDue =
      first !== undefined &&
      (frame.takenMs - first.takenMs >= CHUNK_MS ||
        (batch?.bytes ?? 0) + frame.bytes.length > MAX_CHUNK_CONTENT_BYTES);
    if (batch !== undefined && (isOther || isDue)) this.flush();
    if (this.#waitingBytes + frame.bytes.length > MAX_WAITING_BYTES) {
      this.#lost++;
      return;
    }
    this.#heardMs = this.#context.clock.monotonicMs();
    this.#batch ??= { frames: [], codec, bytes: 0, transient, init: this.#init, beganMs: this.#heardMs };
    this.#batch.frames.push(frame);
    this.#batch.bytes += frame.bytes.length;
    this.#waitingBytes += frame.bytes.length;
    this.#lastMs = frame.takenMs;
    this.#last = { codec, transient };
    this.#placeFound();
  }

  /**
   * What a detector found in a picture that is recorded, as bytes of a frame of kind `found`. It is written behind the
   * newest picture and has its time, so that a segment begins and ends with pictures. Kept only while it records.
   */
  takeFound(bytes: Uint8Array): void {
    if (!this.isRecording() || this.#found.length >= MAX_FOUND_WAITING) return;
    this.#found.push(bytes);
    this.#placeFound();
  }

  #placeFound(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    for (const bytes of this.#found) {
      if (batch.bytes + bytes.length > MAX_CHUNK_CONTENT_BYTES) break;
      batch.frames.push({ kind: FRAME_KINDS.found, bytes, takenMs: this.#lastMs, deviceMs: undefined });
      batch.bytes += bytes.length;
      this.#waitingBytes += bytes.length;
    }
    this.#found = [];
  }

  /** Some time passed: nothing waits for a frame that does not come. */
  tick(): void {
    const nowMs = this.#context.clock.monotonicMs();
    if (this.#batch !== undefined && nowMs - this.#batch.beganMs >= CHUNK_MS) this.flush();
    if (nowMs - this.#heardMs >= SILENT_MS) this.endWhenOpen();
  }

  /** Nothing more is to be recorded for now. */
  endWhenOpen(): void {
    if (this.isWriting && !this.#isEnding) void this.endSegment();
  }

  /** Writes what waits. */
  flush(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    this.#batch = undefined;
    this.#then(async () => {
      try {
        await this.#write(batch);
      } finally {
        this.#waitingBytes -= batch.bytes;
      }
    });
  }

  /** Writes what waits and ends the segment; resolves when it is sealed. */
  endSegment(): Promise<void> {
    if (this.#found.length > 0 && this.#last !== undefined)
      this.#batch ??= { frames: [], bytes: 0, ...this.#last, init: undefined, beganMs: this.#heardMs };
    this.#placeFound();
    this.flush();
    this.#isEnding = true;
    this.#then(async () => {
      this.#isEnding = false;
      await this.#finish();
    });
    return this.#work;
  }

  /** Resolves when what was handed over to be written is. */
  idle(): Promise<void> {
    return this.#work;
  }

  #then(act: () => Promise<void>): void {
    this.#work = this.#work.then(act).catch((err: unknown) => {
      this.#context.log.error({ err, cameraId: this.#cameraId }, "recording.failed");
    });
  }

  async #write(batch: Batch): Promise<void> {
    const [first] = batch.frames;
    if (first === undefined) return;
    if (this.#host.isPaused(this.#tenantId)) {
      this.#lost += batch.frames.length;
      await this.#finish();
      return;
    }
    if (await this.#isOver(batch, first)) await this.#finish();
    if (this.#segment === undefined && !batch.frames.some(isPicture)) return;
    try {
      this.#segment ??= await this.#begin(batch, first);
      await this.#append(this.#segment, batch);
      this.#host.wrote(this.#tenantId);
    } catch (error) {
      this.#lost += batch.frames.length;
      await this.#leave();
      this.#host.pause(this.#tenantId, reasonOf(error));
      if (!(error instanceof NoRoom)) throw error;
    }
  }

  /** Whether the segment that is open cannot take these frames. */
  async #isOver(batch: Batch, first: Waiting): Promise<boolean> {
    const segment = this.#segment;
    if (segment === undefined) return false;
    const share = await this.#context.room.largestSegmentBytes(
      this.#tenantId,
      this.#host.openSegments(this.#tenantId),
    );
    const largest = Math.min(MAX_SEGMENT_BYTES, Math.max(MIN_SEGMENT_BYTES, share));
    return (
      first.takenMs - segment.startMs >= SEGMENT_MS ||
      segment.bytes + batch.bytes > largest ||
      segment.codec !== batch.codec ||
      segment.transient !== batch.transient ||
      segment.isFull
    );
  }

  #begin({ codec, transient }: Batch, { takenMs }: Waiting): Promise<OpenSegment> {
    const camera = { tenantId: this.#tenantId, cameraId: this.#cameraId };
    return OpenSegment.begin(this.#context, { ...camera, codec, transient, startMs: takenMs });
  }

  async #append(segment: OpenSegment, { frames, init }: Batch): Promise<void> {
    const needsInit = segment.bytes === 0 && segment.codec !== "jpeg" && init !== undefined;
    const all: readonly Waiting[] = needsInit ? [init, ...frames] : frames;
    await segment.append(
      all.map(
        ({ kind, bytes, deviceMs, takenMs }): Frame => ({
          ...{ kind, bytes, deviceMs, isKey: true },
          offsetMs: Math.max(0, takenMs - segment.startMs),
        }),
      ),
    );
  }

  async #finish(): Promise<void> {
    const segment = this.#segment;
    if (segment === undefined) return;
    if (!this.#knowsPrevious) {
      const store = new SegmentStore(this.#context.db, this.#tenantId);
      this.#previous = await store.newestManifest(this.#cameraId);
      this.#knowsPrevious = true;
    }
    try {
      const moved = await this.#host.movedIn(segment, this.#lastMs);
      const { manifestSha256 } = await segment.finish(this.#previous, moved);
      this.#previous = manifestSha256;
      this.#segment = undefined;
    } catch (error) {
      await this.#leave();
      throw error;
    }
  }

  /** A segment is never gone on with after a failure. */
  async #leave(): Promise<void> {
    const segment = this.#segment;
    if (segment === undefined) return;
    this.#segment = undefined;
    // What it holds may turn out to be sealed: then it is the one before.
    this.#knowsPrevious = false;
    await segment.abandon();
    await this.#host.recover(this.#tenantId, segment.name.segmentId);
  }
}

function reasonOf(error: unknown): PauseReason {
  if (error instanceof NoRoom) return error.reason;
  return isAppError(error, "server.disk_full") ? "disk_full" : "failed";
}
