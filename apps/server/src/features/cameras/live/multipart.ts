import type { ServerResponse } from "node:http";
import type { Clock, UnixMs } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { CameraFrame } from "../model.ts";
import type { Stills } from "./stills.ts";
import type { FrameSink } from "./watched.ts";

/** RFC 2046 §5.1.1; nothing in a JPEG can be taken for it, for every part tells its length. */
const BOUNDARY = "gatehouse-frame";
export const MULTIPART_TYPE = `multipart/x-mixed-replace; boundary=${BOUNDARY}`;
/** Time for the end to arrive. */
const BYE_MS = 300;

/** An answer without end, a part a picture. The next one is taken when the one before has left this process. */
export class MultipartSink implements FrameSink {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #stills: Stills;

  constructor(response: ServerResponse, clock: Clock, stills: Stills) {
    this.#response = response;
    this.#clock = clock;
    this.#stills = stills;
    response.on("error", () => response.destroy());
    response.write(`--${BOUNDARY}\r\n`);
  }

  /** Of video its key frames; what cannot be decoded is passed over. */
  send(frame: CameraFrame, done: () => void): void {
    if (frame.kind === cameras.FRAME_KINDS.jpeg) this.#write(frame.bytes, frame.takenMs, done);
    else
      this.#stills.of(frame).then(
        (bytes) => this.#write(bytes, frame.takenMs, done),
        () => done(),
      );
  }

  #write(bytes: Uint8Array, takenMs: UnixMs, done: () => void): void {
    const response = this.#response;
    response.cork();
    response.write(
      `Content-Type: image/jpeg\r\nContent-Length: ${bytes.length}\r\nX-Taken-Ms: ${takenMs}\r\n\r\n`,
    );
    response.write(bytes);
    // The boundary comes at once: until it has, a browser does not show the part.
    response.write(`\r\n--${BOUNDARY}\r\n`, done);
    response.uncork();
  }

  end(): void {
    this.#response.end(`--${BOUNDARY}--\r\n`);
    this.#clock.after(BYE_MS, () => this.cut());
  }

  cut(): void {
    this.#response.destroy();
  }
}
