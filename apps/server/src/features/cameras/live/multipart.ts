import type { ServerResponse } from "node:http";
import type { Clock, MonotonicMs, Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import type { CameraFrame } from "../model.ts";
import type { Watcher } from "./audience.ts";
import { Pace } from "./pace.ts";
import { isShown, type ShownCameras, standingOf } from "./ports.ts";

/** RFC 2046 §5.1.1; nothing in a JPEG can be taken for it, for every part tells its length. */
const BOUNDARY = "gatehouse-frame";
export const MULTIPART_TYPE = `multipart/x-mixed-replace; boundary=${BOUNDARY}`;
/** Whoever takes nothing of a part for so long is gone. */
const STUCK_MS = 30_000;
/** Time for the end to arrive. */
const BYE_MS = 300;

export interface MultipartDeps {
  readonly clock: Clock;
  readonly cameras: ShownCameras;
}

/** One camera as an answer without end, a part a frame. The next part is begun when the one before has left this process. */
export class MultipartStream implements Watcher {
  principal: PersonPrincipal;
  readonly #cameraId: Uuid;
  readonly #response: ServerResponse;
  readonly #deps: MultipartDeps;
  readonly #pace: Pace;
  readonly #unsubscribe: () => void;
  #sent: CameraFrame | undefined;
  #leavingSinceMs: MonotonicMs | undefined;

  constructor(
    response: ServerResponse,
    who: PersonPrincipal,
    shown: { readonly cameraId: Uuid; readonly maxFps: number | undefined },
    deps: MultipartDeps,
  ) {
    this.principal = who;
    this.#response = response;
    this.#deps = deps;
    this.#cameraId = shown.cameraId;
    this.#pace = new Pace(shown.maxFps);
    this.#unsubscribe = deps.cameras.frames.subscribeTo(shown.cameraId, () => this.#send());
    response.once("close", this.#unsubscribe);
    response.on("error", () => response.destroy());
    response.write(`--${BOUNDARY}\r\n`);
    this.#send();
  }

  seeWith(principal: PersonPrincipal): void {
    this.principal = principal;
    this.review();
  }

  review(): void {
    if (!isShown(standingOf(this.#deps.cameras, this.principal, this.#cameraId))) this.bye();
  }

  checkAlive(): void {
    const sinceMs = this.#leavingSinceMs;
    if (sinceMs !== undefined && this.#deps.clock.monotonicMs() - sinceMs > STUCK_MS)
      this.#response.destroy();
  }

  bye(): void {
    if (this.#response.writableEnded) return;
    this.#unsubscribe();
    this.#response.end(`--${BOUNDARY}--\r\n`);
    this.#deps.clock.after(BYE_MS, () => this.#response.destroy());
  }

  #send(): void {
    const response = this.#response;
    const nowMs = this.#deps.clock.monotonicMs();
    if (response.writableEnded || this.#leavingSinceMs !== undefined || !this.#pace.isDue(nowMs)) return;
    const frame = this.#deps.cameras.frames.newest(this.#cameraId);
    if (frame === undefined || frame === this.#sent || frame.kind !== cameras.FRAME_KINDS.jpeg) return;
    this.#sent = frame;
    this.#leavingSinceMs = nowMs;
    this.#pace.sent(nowMs);
    response.cork();
    response.write(
      `Content-Type: image/jpeg\r\nContent-Length: ${frame.bytes.length}\r\nX-Taken-Ms: ${frame.takenMs}\r\n\r\n`,
    );
    response.write(frame.bytes);
    // The boundary comes at once: until it has, a browser does not show the part.
    response.write(`\r\n--${BOUNDARY}\r\n`, () => {
      this.#leavingSinceMs = undefined;
      this.#send();
    });
    response.uncork();
  }
}
