import { PIPES_ALONE } from "../ffmpeg/child.ts";
import { type CaptureDeps, type CapturedPicture, sourceError } from "../source.ts";
import { ffmpegPictures, OUTPUTS } from "./ffmpeg-pictures.ts";
import { v4l2Devices } from "./video-devices.ts";

export interface V4l2Spec {
  readonly kind: "v4l2";
  /** `/dev/video0` */
  readonly device: string;
  /** Wished for: the driver takes the nearest it has. */
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
}

/** A webcam. Its own JPEG pictures where it makes any, else its raw ones, encoded. */
export async function* openV4l2(
  spec: V4l2Spec,
  deps: CaptureDeps,
): AsyncGenerator<CapturedPicture, void, void> {
  const program = await deps.ffmpeg();
  const devices = deps.videoDevices ?? v4l2Devices;
  const offered = await devices.list(program, spec.device);
  if (offered === undefined) throw sourceError("absent", spec.device);
  const format = formatOf(offered);
  if (format === undefined) throw sourceError("no_video", offered.trim().split("\n").at(-1));
  const input = [...PIPES_ALONE, ...devices.input(spec, format), "-map", "0:v:0", "-an"];
  yield* ffmpegPictures(program, [...input, ...ENCODING[format], ...OUTPUTS.jpeg], "jpeg", deps);
}

export type V4l2Format = "mjpeg" | "raw";

const ENCODING = {
  // Webcams leave out the Huffman tables that everybody knows; viewers want them (ITU-T T.81 K.3).
  mjpeg: ["-c:v", "copy", "-bsf:v", "mjpeg2jpeg"],
  raw: ["-threads", "1", "-pix_fmt", "yuvj420p", "-q:v", "5", "-c:v", "mjpeg"],
} as const;

/** The best of what ffmpeg lists of a device: `Compressed: mjpeg : …`, `Raw : yuyv422 : …`. */
export function formatOf(listed: string): V4l2Format | undefined {
  if (/\]\s*Compressed\s*:\s*mjpeg\s*:/m.test(listed)) return "mjpeg";
  return /\]\s*Raw\s*:\s*\w+\s*:/m.test(listed) ? "raw" : undefined;
}
