import { isAppError } from "@gatehouse/base";
import { Fmp4Splitter } from "@gatehouse/video";
import { Ffmpeg } from "../ffmpeg/child.ts";
import { MultipartParser } from "../multipart/parser.ts";
import { PictureQueue } from "../picture-queue.ts";
import {
  type CaptureDeps,
  type CapturedPicture,
  DEFAULT_LIMITS,
  type SourceFault,
  sourceError,
} from "../source.ts";
import { Watch } from "../watch.ts";

/** What ffmpeg is to write: pictures with their lengths, or fragments that begin with key frames. */
export const OUTPUTS = {
  jpeg: ["-f", "mpjpeg", "pipe:1"],
  h264: ["-movflags", "empty_moov+default_base_moof+frag_keyframe", "-f", "mp4", "pipe:1"],
} as const;

const BOUNDARY = "--ffmpeg";
/** What it says of its input, and what that means. */
const FAULTS: readonly (readonly [RegExp, SourceFault])[] = [
  [/No such (file|device)|ENODEV/i, "absent"],
  [/Device or resource busy/i, "busy"],
  [/Stream map .* matches no streams/i, "no_video"],
  [/Invalid data|moov atom not found|whitelist/i, "malformed"],
];

/** Pictures that ffmpeg makes of what it opens itself: a device, a file. `args` end with one of OUTPUTS. */
export async function* ffmpegPictures(
  program: string,
  args: readonly string[],
  output: keyof typeof OUTPUTS,
  deps: CaptureDeps,
): AsyncGenerator<CapturedPicture, void, void> {
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const { clock, signal } = deps;
  if (signal.aborted) return;
  const queue = new PictureQueue(() => child.resume());
  const cut = output === "jpeg" ? jpegCutter(limits.pictureBytes) : videoCutter(limits.pictureBytes);
  const child = new Ffmpeg(program, args, {
    onData(chunk) {
      try {
        watch.heard();
        for (const picture of cut(chunk)) {
          watch.gave();
          if (!queue.push({ ...picture, takenMs: clock.nowMs() })) child.pause();
        }
      } catch (error) {
        queue.end(isAppError(error) ? error : sourceError("malformed", undefined, error));
      }
    },
    onEnd: (failure) => queue.end(faultOf(failure)),
  });
  const watch = new Watch(clock, limits, (error) => queue.end(error));
  const onAbort = (): void => queue.end();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    yield* queue;
  } finally {
    signal.removeEventListener("abort", onAbort);
    watch.stop();
    child.kill();
  }
}

type Cutter = (chunk: Buffer) => Iterable<CapturedPicture>;

function jpegCutter(maxBytes: number): Cutter {
  const parser = new MultipartParser(BOUNDARY, maxBytes);
  return (chunk) => parser.push(chunk).map((bytes): CapturedPicture => ({ kind: "jpeg", bytes }));
}

function videoCutter(maxBytes: number): Cutter {
  const splitter = new Fmp4Splitter();
  return (chunk) =>
    splitter.push(chunk).map(({ kind, bytes }): CapturedPicture => {
      if (bytes.length > maxBytes) throw sourceError("too_large");
      return { kind: kind === "init" ? "h264-init" : "h264-fragment", bytes };
    });
}

function faultOf(failure: string | undefined): Error {
  const [, fault = "ended"] = FAULTS.find(([words]) => failure !== undefined && words.test(failure)) ?? [];
  return sourceError(fault, failure?.split("\n").at(-1));
}
