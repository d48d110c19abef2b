import { AppError, type Clock } from "@gatehouse/base";
import { Ffmpeg, findFfmpeg, PIPES_ALONE } from "@gatehouse/capture";
import { keyFrameOf } from "@gatehouse/video";

/** Children at once: the rest of the machine is for those who record. */
const MAX_AT_ONCE = 2;
const MAX_WAITING = 32;
const LONGEST_MS = 5_000;
/** A picture of 4,096 × 4,096 has less. */
const MAX_BYTES = 16 * 1_048_576;

const ARGUMENTS: readonly string[] = [
  ...PIPES_ALONE,
  ...["-f", "h264", "-i", "pipe:0", "-map", "0:v:0", "-frames:v", "1"],
  ...["-threads", "1", "-pix_fmt", "yuvj420p", "-q:v", "4", "-c:v", "mjpeg", "-f", "image2pipe", "pipe:1"],
];

/** Single pictures of H.264, each by a child that lives some hundredths of a second. */
export class KeyFramePictures {
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The key frame that a fragment begins with, as JPEG. Both have been found sound before. Refuses `server.busy`,
   * `ffmpeg.missing`, and `frame.malformed` for what cannot be decoded.
   */
  async jpegOf(init: Uint8Array, fragment: Uint8Array): Promise<Uint8Array> {
    const frame = keyFrameOf(init, fragment);
    if (frame === undefined) throw new AppError("frame.malformed");
    if (this.#waiting.length >= MAX_WAITING) throw new AppError("server.busy");
    if (this.#running < MAX_AT_ONCE) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await this.#decode(frame);
    } finally {
      // The place goes over to whoever waits: nobody who asks just now finds it free.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  async #decode(frame: Uint8Array): Promise<Uint8Array> {
    const program = await findFfmpeg();
    const pieces: Buffer[] = [];
    let bytes = 0;
    let failure: string | undefined;
    const child = new Ffmpeg(program, ARGUMENTS, {
      onData(chunk) {
        pieces.push(chunk);
        bytes += chunk.length;
        if (bytes > MAX_BYTES) child.kill();
      },
      onEnd: (why) => {
        failure = why;
      },
    });
    const timer = this.#clock.after(LONGEST_MS, () => child.kill());
    child.write(frame);
    child.finish();
    await child.ended;
    timer.cancel();
    if (failure !== undefined || bytes === 0)
      throw new AppError("frame.malformed", failure === undefined ? {} : { reason: failure });
    return Buffer.concat(pieces);
  }
}
