import { AppError, type Clock, type MonotonicMs, type Timer } from "@gatehouse/base";
import { Ffmpeg, PIPES_ALONE } from "../ffmpeg/child.ts";
import { eachPictureOnce } from "../ffmpeg/each-picture-once.ts";
import { withoutVui } from "../h264/sps.ts";

/** A whole picture that was found sound: a JPEG, or a key frame of H.264 with its parameter sets (annex B). */
export interface CodedPicture {
  readonly codec: "jpeg" | "h264";
  readonly bytes: Uint8Array;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

type Shape = Pick<LumaDecoderDeps, "width" | "height" | "colour">;

export interface LumaDecoderDeps extends Size {
  readonly clock: Clock;
  /** Refuses `ffmpeg.missing`. */
  readonly ffmpeg: () => Promise<string>;
  /** Three bytes a pixel, red first, in place of one of grey. */
  readonly colour?: boolean;
}

/** ffmpeg needs some milliseconds; a busy machine more. */
const ANSWER_MS = 5_000;
/** A child without work ends. */
const IDLE_MS = 30_000;
/** After one that failed: a picture that no decoder takes is not tried five times a second. */
const REST_MS = 10_000;

/**
 * Makes small pictures, grey as a rule, of large ones, one at a time, in a child of low priority that lives as long as there is work:
 * to start one costs more than a hundred pictures.
 */
export class LumaDecoder {
  readonly #deps: LumaDecoderDeps;
  #child: LumaChild | undefined;
  #idle: Timer | undefined;
  #restUntilMs: MonotonicMs = 0;
  #isBusy = false;

  constructor(deps: LumaDecoderDeps) {
    this.#deps = deps;
  }

  /**
   * `width` × `height` pixels, row by row. Refuses `server.busy` while another is in work or after a failure, `frame.malformed`
   * for what cannot be decoded, `ffmpeg.missing`.
   */
  async decode({ codec, bytes }: CodedPicture): Promise<Uint8Array> {
    const { clock } = this.#deps;
    if (this.#isBusy || clock.monotonicMs() < this.#restUntilMs) throw new AppError("server.busy");
    this.#isBusy = true;
    this.#idle?.cancel();
    try {
      if (this.#child?.codec !== codec || this.#child.isOver) await this.#renew(codec);
      const picture = codec === "h264" ? shownAtOnce(bytes) : bytes;
      return await (this.#child as LumaChild).decode(picture, clock);
    } catch (error) {
      this.#restUntilMs = clock.monotonicMs() + REST_MS;
      this.stop();
      throw error;
    } finally {
      this.#isBusy = false;
      this.#idle = clock.after(IDLE_MS, () => this.stop());
    }
  }

  stop(): void {
    this.#idle?.cancel();
    this.#child?.kill();
    this.#child = undefined;
  }

  async #renew(codec: CodedPicture["codec"]): Promise<void> {
    this.stop();
    const program = await this.#deps.ffmpeg();
    this.#child = new LumaChild(codec, program, await eachPictureOnce(program), this.#deps);
  }
}

const START_CODE = Buffer.of(0, 0, 0, 1);
const SEQUENCE_SET = 7;

/** A key frame that a decoder gives as soon as it has it, though its camera sends others in another order than they are shown. */
function shownAtOnce(bytes: Uint8Array): Uint8Array {
  const nals: Uint8Array[] = [];
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = buffer.indexOf(START_CODE); at >= 0; ) {
    const next = buffer.indexOf(START_CODE, at + START_CODE.length);
    const nal = buffer.subarray(at + START_CODE.length, next < 0 ? buffer.length : next);
    nals.push(START_CODE, ((nal[0] as number) & 0x1f) === SEQUENCE_SET ? withoutVui(nal) : nal);
    at = next;
  }
  return Buffer.concat(nals);
}

const FEED = {
  jpeg: {
    /** A picture ends where the next begins: with an application segment that says nothing (ITU-T T.81 B.2.4.6). */
    before: Uint8Array.of(0xff, 0xd8, 0xff, 0xef, 0x10, 0x02, ...new Uint8Array(4_096)),
    /** The next picture's own start stands in front of that segment already. */
    skipped: 2,
    times: 1,
  },
  h264: {
    /** An access unit delimiter ends the picture before it, and filler data hands it on (ITU-T H.264 §7.4.1). */
    before: Uint8Array.of(0, 0, 0, 1, 9, 0xf0, 0, 0, 0, 1, 12, ...new Uint8Array(4_096).fill(0xff), 0x80),
    skipped: 0,
    /** So many pictures ffmpeg looks at before it begins. */
    times: 4,
  },
} as const;

const argumentsOf = (
  codec: CodedPicture["codec"],
  eachOnce: readonly string[],
  { width, height, colour }: Shape,
): string[] => [
  ...PIPES_ALONE,
  ...["-flags", "low_delay", "-probesize", "32", "-analyzeduration", "0", "-fpsprobesize", "0"],
  ...["-framerate", "25", "-f", codec === "jpeg" ? "mjpeg" : "h264", "-i", "pipe:0", "-map", "0:v:0"],
  ...["-vf", `scale=${width}:${height}:flags=area`, ...eachOnce, "-pix_fmt", colour ? "rgb24" : "gray"],
  ...["-threads", "1", "-f", "rawvideo", "pipe:1"],
];

/** One ffmpeg that gives a picture for each that it gets. */
class LumaChild {
  readonly codec: CodedPicture["codec"];
  readonly #child: Ffmpeg;
  readonly #size: number;
  #got: Uint8Array[] = [];
  #gotBytes = 0;
  #wantedBytes = 0;
  #pictures = 0;
  #settle: ((error?: Error) => void) | undefined;
  isOver = false;

  constructor(codec: CodedPicture["codec"], program: string, eachOnce: readonly string[], shape: Shape) {
    this.codec = codec;
    this.#size = shape.width * shape.height * (shape.colour ? 3 : 1);
    this.#child = new Ffmpeg(program, argumentsOf(codec, eachOnce, shape), {
      onData: (chunk) => {
        this.#got.push(chunk);
        this.#gotBytes += chunk.length;
        if (this.#gotBytes >= this.#wantedBytes) this.#settle?.();
      },
      onEnd: (failure) => {
        this.isOver = true;
        this.#settle?.(new AppError("frame.malformed", failure === undefined ? {} : { reason: failure }));
      },
    });
  }

  async decode(bytes: Uint8Array, clock: Clock): Promise<Uint8Array> {
    const { before, skipped, times } = FEED[this.codec];
    const copies = this.#pictures === 0 ? times : 1;
    if (this.#pictures === 0) this.#child.write(before);
    this.#pictures += copies;
    this.#wantedBytes = copies * this.#size;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#settle = (error) => (error === undefined ? resolve() : reject(error));
    const timer = clock.after(ANSWER_MS, () =>
      reject(new AppError("frame.malformed", { reason: "no picture" })),
    );
    for (let copy = 0; copy < copies; copy++) {
      this.#child.write(bytes.subarray(skipped));
      this.#child.write(before);
    }
    try {
      await promise;
    } finally {
      timer.cancel();
      this.#settle = undefined;
    }
    const got = Buffer.concat(this.#got);
    this.#got = [];
    this.#gotBytes = 0;
    if (got.length !== copies * this.#size)
      throw new AppError("frame.malformed", { reason: "other pictures" });
    return new Uint8Array(got.subarray(got.length - this.#size));
  }

  kill(): void {
    this.isOver = true;
    this.#child.kill();
  }
}
