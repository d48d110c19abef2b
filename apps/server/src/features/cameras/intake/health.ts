import type { MonotonicMs, UnixMs } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import type { FrameRefusal } from "../ports.ts";
import { Window } from "./window.ts";

/** A camera that sent frames and then none for this long is silent. */
export const SILENT_AFTER_MS = 10_000;
const GAP_MS = 5_000;
/** Frames beyond the rate in ten seconds; one now and then is only a clock that runs fast. */
const FLOODING_FROM = 10;

/** As much as is known of a frame also after a restart. */
export interface LastFrame {
  readonly width: number;
  readonly height: number;
  readonly pictures?: number;
  readonly takenMs: UnixMs;
}

interface TakenFrame extends LastFrame {
  readonly bytes: number;
  readonly deviceMs: UnixMs | undefined;
}

/** What is known of one camera's frames: counts since the server's start, and when the newest came at all. */
export class Health {
  readonly #taken = new Window();
  readonly #tooFast = new Window();
  readonly #refused = new Map<FrameRefusal, number>();
  #frames = 0;
  #skipped = 0;
  #gaps = 0;
  #maskMs: number | undefined;
  #last: TakenFrame | undefined;
  /** The newest from before the server's start. */
  #former: LastFrame | undefined;
  #lastMs: MonotonicMs | undefined;

  /** The newest frame ever; undefined when none came. */
  get lastFrame(): LastFrame | undefined {
    return this.#last ?? this.#former;
  }

  restore(former: LastFrame): void {
    this.#former = former;
  }

  took(frame: TakenFrame, nowMs: MonotonicMs): void {
    if (this.#isGap(nowMs)) this.#gaps++;
    const pictures = frame.pictures ?? 1;
    this.#taken.add(nowMs, frame.bytes, pictures);
    this.#frames += pictures;
    this.#last = frame;
    this.#lastMs = nowMs;
  }

  refused(code: FrameRefusal, nowMs: MonotonicMs): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
    if (code === "frame.rate") this.#tooFast.add(nowMs, 0);
  }

  /** A frame was left out because a newer one came while the one before was being masked. */
  skipped(): void {
    this.#skipped++;
  }

  masked(tookMs: number | undefined): void {
    this.#maskMs = tookMs;
  }

  /** It was switched off: what comes after is no gap. */
  pause(): void {
    this.#lastMs = undefined;
  }

  state(nowMs: MonotonicMs): Exclude<cameras.CameraState, "off"> {
    if (this.#tooFast.sums(nowMs).count >= FLOODING_FROM) return "flooding";
    if (this.lastFrame === undefined) return "never";
    return this.#lastMs !== undefined && nowMs - this.#lastMs < SILENT_AFTER_MS ? "live" : "silent";
  }

  view(nowMs: MonotonicMs): cameras.CameraHealth {
    const { count, sum, overMs } = this.#taken.sums(nowMs);
    const perSecond = (value: number): number => Math.round((value / overMs) * 10_000) / 10;
    const { lastFrame } = this;
    return {
      framesPerSecond: perSecond(count),
      bytesPerSecond: Math.round((sum / overMs) * 1_000),
      frames: this.#frames,
      gaps: this.#gaps + (this.#isGap(nowMs) ? 1 : 0),
      refused: Object.fromEntries(this.#refused),
      skipped: this.#skipped,
      ...(this.#maskMs === undefined ? {} : { maskMs: Math.round(this.#maskMs * 10) / 10 }),
      ...(lastFrame === undefined
        ? {}
        : { width: lastFrame.width, height: lastFrame.height, lastFrameMs: lastFrame.takenMs }),
      ...this.#newest(),
    };
  }

  #newest(): Pick<cameras.CameraHealth, "frameBytes" | "clockAheadMs"> {
    if (this.#last === undefined) return {};
    const { bytes: frameBytes, deviceMs, takenMs } = this.#last;
    return { frameBytes, ...(deviceMs === undefined ? {} : { clockAheadMs: deviceMs - takenMs }) };
  }

  #isGap(nowMs: MonotonicMs): boolean {
    return this.#lastMs !== undefined && nowMs - this.#lastMs > GAP_MS;
  }
}
