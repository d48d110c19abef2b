import type { MonotonicMs, UnixMs, Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { VideoInit } from "@gatehouse/video";
import { TokenBucket } from "../../../platform/throttle/index.ts";
import type { FrameHub } from "../frame-hub.ts";
import type { CameraFrame } from "../model.ts";
import type { FrameRefusal, Masker } from "../ports.ts";
import { Health } from "./health.ts";
import { type IncomingFrame, inspectFrame, type SoundFrame } from "./inspect.ts";
import type { FrameSource } from "./source.ts";

/** Frames at once beyond the mean: a radio link delivers in bursts. */
const BURST_FRAMES = 5;
const NUMBERS = 2 ** 32;
/** How fast time goes on while a clock that was set back catches up. */
const CATCHING_UP = 0.9;

export interface LaneParts {
  readonly clock: { nowMs(): UnixMs; monotonicMs(): MonotonicMs };
  readonly hub: FrameHub;
  readonly masker: Masker;
  readonly isRateLimited: boolean;
  settings(): cameras.CameraSettings;
  /** A newer connection took the place of this one. */
  onReplaced(older: FrameSource): void;
  /** A frame that was taken in turned out to be none. */
  onUnmaskable(source: FrameSource, code: FrameRefusal): void;
}

/** A frame that is sound and has its time, and no number yet. */
interface Timed extends SoundFrame {
  readonly source: FrameSource;
  readonly kind: cameras.FrameKind;
  readonly takenMs: UnixMs;
  readonly deviceMs: UnixMs | undefined;
}

/** Where the frames of one camera go through, in order. */
export class Lane {
  readonly health = new Health();
  readonly #cameraId: Uuid;
  readonly #parts: LaneParts;
  readonly #former = new WeakSet<FrameSource>();
  #source: FrameSource | undefined;
  #bucket: { readonly perSecond: number; readonly bucket: TokenBucket } | undefined;
  #number = 0;
  /** When the clock was last seen not to have been set back. */
  #trusted: { readonly wallMs: UnixMs; readonly nowMs: MonotonicMs } = { wallMs: 0, nowMs: 0 };
  #init: (CameraFrame & { readonly init: VideoInit }) | undefined;
  /** Rises when what came before must not be shown any more. */
  #era = 0;
  #isMasking = false;
  #waiting: Timed | undefined;

  constructor(cameraId: Uuid, parts: LaneParts) {
    this.#cameraId = cameraId;
    this.#parts = parts;
  }

  get source(): FrameSource | undefined {
    return this.#source;
  }

  /** Whether the source is listened to. A new one takes the place of another; that gets it back when this one ends. */
  begin(source: FrameSource): boolean {
    if (this.#source === source) return true;
    if (this.#source !== undefined && this.#former.has(source)) return false;
    const older = this.#source;
    this.#source = source;
    if (older !== undefined) {
      this.#former.add(older);
      this.#parts.onReplaced(older);
    }
    return true;
  }

  end(source: FrameSource): void {
    if (this.#source === source) this.#source = undefined;
  }

  /** Cheapest refusal first. Undefined: taken; with masks it is published when they are drawn. */
  take(source: FrameSource, incoming: IncomingFrame): FrameRefusal | undefined {
    const { clock } = this.#parts;
    const settings = this.#parts.settings();
    if (!settings.enabled) return "camera.off";
    if (!this.begin(source)) return "camera.taken";
    const nowMs = clock.monotonicMs();
    const isInTime = this.#bucketOf(settings.maxFramesPerSecond, nowMs).take(nowMs);
    if (this.#parts.isRateLimited && !isInTime) return "frame.rate";
    const found = inspectFrame(incoming, this.#init?.init);
    if (typeof found === "string") return found;
    // Only single pictures can be blackened: nothing else of such a camera may pass.
    const isMasked = settings.masks.length > 0;
    if (isMasked && incoming.kind !== cameras.FRAME_KINDS.jpeg) return "frame.unsupported";
    const takenMs = this.#timeOf(clock.nowMs(), nowMs);
    const { deviceMs, kind } = incoming;
    const timed = { ...found, source, kind, takenMs, deviceMs: soundTime(deviceMs) };
    if (!isMasked) {
      this.health.masked(undefined);
      this.#publish(timed);
    } else if (this.#isMasking) {
      if (this.#waiting !== undefined) this.health.skipped();
      this.#waiting = timed;
    } else this.#mask(timed);
    return undefined;
  }

  /** Nothing that came until now is shown, or comes out of the masking, any more. */
  renew(): void {
    this.#era++;
    this.#waiting = undefined;
    this.health.pause();
    this.#parts.hub.forget(this.#cameraId);
  }

  /** The server's time, and while a clock that was set back has not caught up, a slower one that never stands still. */
  #timeOf(wallMs: UnixMs, nowMs: MonotonicMs): UnixMs {
    const { wallMs: trustedMs, nowMs: sinceMs } = this.#trusted;
    const slowerMs = trustedMs + Math.floor((nowMs - sinceMs) * CATCHING_UP);
    if (wallMs >= slowerMs) this.#trusted = { wallMs, nowMs };
    return Math.max(wallMs, slowerMs);
  }

  #bucketOf(perSecond: number, nowMs: MonotonicMs): TokenBucket {
    if (this.#bucket?.perSecond !== perSecond)
      this.#bucket = { perSecond, bucket: new TokenBucket(perSecond, perSecond / 2 + BURST_FRAMES, nowMs) };
    return this.#bucket.bucket;
  }

  /** One at a time; of those that come meanwhile, the newest is next. */
  #mask(timed: Timed): void {
    const { clock, masker } = this.#parts;
    const era = this.#era;
    const beganMs = clock.monotonicMs();
    this.#isMasking = true;
    masker
      .mask(timed.bytes, this.#parts.settings().masks)
      .then(
        (masked) => {
          if (era !== this.#era) return;
          this.health.masked(clock.monotonicMs() - beganMs);
          this.#publish({ ...timed, ...masked });
        },
        () => this.#parts.onUnmaskable(timed.source, "frame.malformed"),
      )
      .finally(() => {
        const next = this.#waiting;
        this.#waiting = undefined;
        this.#isMasking = false;
        if (next !== undefined) this.#mask(next);
      });
  }

  #publish(timed: Timed): void {
    const { kind, init, takenMs } = timed;
    this.health.took({ ...timed, bytes: timed.bytes.length }, this.#parts.clock.monotonicMs());
    // What was forgotten with the pictures before, whoever looks needs again.
    const isHeadless = kind === cameras.FRAME_KINDS.videoFragment && !this.#parts.hub.initOf(this.#cameraId);
    if (isHeadless && this.#init !== undefined)
      this.#parts.hub.publish({ ...this.#init, number: this.#next(), takenMs });
    const frame = this.#frameOf(timed);
    if (init !== undefined) this.#init = { ...frame, init };
    this.#parts.hub.publish(frame);
  }

  #frameOf({ source, kind, bytes, width, height, takenMs, deviceMs }: Timed): CameraFrame {
    const { tenantId, cameraId } = source;
    return { tenantId, cameraId, kind, bytes, width, height, number: this.#next(), takenMs, deviceMs };
  }

  #next(): number {
    const number = this.#number;
    this.#number = (number + 1) % NUMBERS;
    return number;
  }
}

/** A clock that was never set says 1970; one beyond every calendar says nothing. */
const MAX_TIME_MS = 7_258_118_400_000;
const soundTime = (deviceMs: number | undefined): UnixMs | undefined =>
  deviceMs !== undefined && Number.isInteger(deviceMs) && deviceMs > 0 && deviceMs <= MAX_TIME_MS
    ? deviceMs
    : undefined;
