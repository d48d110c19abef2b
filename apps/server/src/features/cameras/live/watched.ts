import type { Clock, MonotonicMs, Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import type { CameraFrame } from "../model.ts";
import type { GoodbyeCode, Watcher } from "./audience.ts";
import { Pace } from "./pace.ts";
import { isShown, type ShownCameras, standingOf } from "./ports.ts";
import { OLD_AFTER_MS } from "./shown.ts";

/** Where frames go: one at a time, the next when `done` was called. */
export interface FrameSink {
  send(frame: CameraFrame, done: () => void): void;
  end(code: GoodbyeCode | "camera.none"): void;
  /** Cuts whoever takes nothing any more. */
  cut(): void;
}

export interface WatchWish {
  readonly cameraIds: readonly Uuid[];
  /** Of each camera; undefined: every frame. */
  readonly maxFps: number | undefined;
}

interface Lane {
  readonly cameraId: Uuid;
  readonly pace: Pace;
  sent: CameraFrame | undefined;
  sentInit: CameraFrame | undefined;
}

/** Whoever takes nothing of a frame for so long is gone. */
const STUCK_MS = 30_000;

/**
 * The newest frames of some cameras, given to a sink that takes one at a time: whoever is slow gets fewer, never older
 * ones. It ends when none of its cameras may be seen any more.
 */
export class WatchedCameras implements Watcher {
  principal: PersonPrincipal;
  readonly #deps: { readonly clock: Clock; readonly cameras: ShownCameras };
  readonly #sink: FrameSink;
  readonly #lanes: Lane[];
  readonly #unsubscribe: readonly (() => void)[];
  #next = 0;
  #leavingSinceMs: MonotonicMs | undefined;
  #isOver = false;

  constructor(
    sink: FrameSink,
    who: PersonPrincipal,
    wish: WatchWish,
    deps: { readonly clock: Clock; readonly cameras: ShownCameras },
  ) {
    this.principal = who;
    this.#sink = sink;
    this.#deps = deps;
    this.#lanes = wish.cameraIds.map((cameraId) => ({
      cameraId,
      pace: new Pace(wish.maxFps),
      sent: undefined,
      sentInit: undefined,
    }));
    this.#unsubscribe = wish.cameraIds.map((id) => deps.cameras.frames.subscribeTo(id, () => this.#send()));
    this.#send();
  }

  seeWith(principal: PersonPrincipal): void {
    this.principal = principal;
    this.review();
  }

  review(): void {
    if (this.#lanes.every(({ cameraId }) => this.#standing(cameraId) === "none")) this.#end("camera.none");
  }

  checkAlive(): void {
    const sinceMs = this.#leavingSinceMs;
    if (sinceMs !== undefined && this.#deps.clock.monotonicMs() - sinceMs > STUCK_MS) this.#sink.cut();
  }

  bye(code: GoodbyeCode): void {
    this.#end(code);
  }

  /** Nothing is given any more. */
  close(): void {
    this.#isOver = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  #end(code: GoodbyeCode | "camera.none"): void {
    if (this.#isOver) return;
    this.close();
    this.#sink.end(code);
  }

  #standing(cameraId: Uuid) {
    return standingOf(this.#deps.cameras, this.principal, cameraId);
  }

  #send(): void {
    if (this.#isOver || this.#leavingSinceMs !== undefined) return;
    const frame = this.#choose();
    if (frame === undefined) return;
    this.#leavingSinceMs = this.#deps.clock.monotonicMs();
    this.#sink.send(frame, () => {
      this.#leavingSinceMs = undefined;
      this.#send();
    });
  }

  /** Cameras take turns, so that a fast one does not hide the others. */
  #choose(): CameraFrame | undefined {
    for (let i = 0; i < this.#lanes.length; i++) {
      const at = (this.#next + i) % this.#lanes.length;
      const frame = this.#frameOf(this.#lanes[at] as Lane);
      if (frame === undefined) continue;
      if (frame.kind !== cameras.FRAME_KINDS.videoInit) this.#next = at + 1;
      return frame;
    }
    return undefined;
  }

  #frameOf(lane: Lane): CameraFrame | undefined {
    const { clock, cameras: shown } = this.#deps;
    const frame = shown.frames.newest(lane.cameraId);
    if (frame === undefined || frame === lane.sent || frame.kind === cameras.FRAME_KINDS.videoInit)
      return undefined;
    if (clock.nowMs() - frame.takenMs > OLD_AFTER_MS || !isShown(this.#standing(lane.cameraId)))
      return undefined;
    if (frame.kind === cameras.FRAME_KINDS.jpeg) {
      const nowMs = clock.monotonicMs();
      if (!lane.pace.isDue(nowMs)) return undefined;
      lane.pace.sent(nowMs);
    } else {
      const init = shown.frames.initOf(lane.cameraId);
      if (init === undefined) return undefined;
      if (init !== lane.sentInit) {
        lane.sentInit = init;
        return init;
      }
    }
    lane.sent = frame;
    return frame;
  }
}
