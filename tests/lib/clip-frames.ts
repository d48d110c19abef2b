import { spawn } from "node:child_process";
import { once } from "node:events";
import { findFfmpeg } from "../../apps/server/src/platform/ffmpeg/index.ts";
import { multipartBodies } from "./multipart-bodies.ts";

export interface FrameOptions {
  /** Frames a second of the video; as many as it has unless told. */
  readonly fps?: number;
  readonly seconds?: number;
}

/** JPEG like an ESP32 camera's: 640 × 480, 4:2:2, by ffmpeg from any video. */
export async function* framesOf(file: string, { fps, seconds }: FrameOptions = {}): AsyncGenerator<Buffer> {
  const length = seconds === undefined ? [] : ["-t", String(seconds)];
  const filters = [...(fps === undefined ? [] : [`fps=${fps}`]), "scale=640:480"].join(",");
  const output = ["-vf", filters, "-pix_fmt", "yuvj422p", "-q:v", "6", "-f", "mpjpeg", "pipe:1"];
  const args = ["-v", "error", "-nostdin", "-i", file, ...length, ...output];
  const child = spawn(await findFfmpeg(), args, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    yield* multipartBodies(child.stdout as AsyncIterable<Buffer>);
    if (child.exitCode === null) await once(child, "exit");
    if (child.exitCode !== 0) throw new Error(`ffmpeg ended with ${child.exitCode} on ${file}`);
  } finally {
    child.kill("SIGKILL");
  }
}
