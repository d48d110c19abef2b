import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { isAppError } from "@gatehouse/base";
import { PIPES_ALONE } from "../ffmpeg/child.ts";
import { type CaptureDeps, type CapturedPicture, sourceError } from "../source.ts";
import { ffmpegPictures, OUTPUTS } from "./ffmpeg-pictures.ts";

export interface FileSpec {
  readonly kind: "file";
  readonly path: string;
  /** Of pictures, where the film is not copied. */
  readonly framesPerSecond: number;
}

const ASKED_MS = 20_000;
/** Films, and nothing that names further files or addresses. */
const FORMATS = "mov,mp4,matroska,webm,avi,mpegts,mjpeg,h264";
/** Wide enough to see who it is; as a webcam's. */
const MAX_WIDTH = 1_280;

/**
 * A film from a file, again and again, in its own time. H.264 is copied, unless its key frames are so far apart that a piece
 * between two is more than may be sent; everything else becomes single pictures.
 */
export async function* openFile(
  spec: FileSpec,
  deps: CaptureDeps,
): AsyncGenerator<CapturedPicture, void, void> {
  const program = await deps.ffmpeg();
  await access(spec.path).catch((cause: unknown) => {
    throw sourceError("absent", "file", cause);
  });
  if (deps.as === "copy" && (await isH264(program, spec.path))) {
    try {
      yield* ffmpegPictures(program, copyArguments(spec.path), "h264", deps);
      return;
    } catch (error) {
      if (!isAppError(error) || error.fields.reason !== "too_large") throw error;
      deps.log.warn({ path: spec.path }, "capture.film_not_copied");
    }
  }
  yield* ffmpegPictures(program, jpegArguments(spec), "jpeg", deps);
}

const inputOf = (path: string): readonly string[] => [
  ...PIPES_ALONE,
  ...["-protocol_whitelist", "file,pipe", "-format_whitelist", FORMATS],
  ...["-re", "-stream_loop", "-1", "-i", `file:${path}`, "-map", "0:v:0", "-an"],
];

const copyArguments = (path: string): string[] => [...inputOf(path), "-c:v", "copy", ...OUTPUTS.h264];

const jpegArguments = ({ path, framesPerSecond }: FileSpec): string[] => [
  ...inputOf(path),
  ...["-vf", `fps=${framesPerSecond},scale='min(${MAX_WIDTH},iw)':-2`, "-pix_fmt", "yuvj420p", "-q:v", "5"],
  ...["-threads", "1", "-c:v", "mjpeg", ...OUTPUTS.jpeg],
];

/** What ffmpeg finds when it is told to do nothing with it. */
function isH264(program: string, path: string): Promise<boolean> {
  const args = ["-nostdin", "-hide_banner", "-protocol_whitelist", "file,pipe", "-format_whitelist", FORMATS];
  return new Promise((resolve) => {
    execFile(program, [...args, "-i", `file:${path}`], { timeout: ASKED_MS, env: {} }, (_error, _out, told) =>
      resolve(/^\s*Stream #0:\d+.*: Video: h264/m.test(told)),
    );
  });
}
