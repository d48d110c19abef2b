import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import ffmpeg from "@ffmpeg-installer/ffmpeg";

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
  const child = spawn(ffmpeg.path, args, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    yield* parts(child);
    if (child.exitCode === null) await once(child, "exit");
    if (child.exitCode !== 0) throw new Error(`ffmpeg ended with ${child.exitCode} on ${file}`);
  } finally {
    child.kill("SIGKILL");
  }
}

const HEADER_END = Buffer.from("\r\n\r\n");

/** Bodies of a multipart stream whose parts say their length. */
async function* parts(child: ChildProcess): AsyncGenerator<Buffer> {
  let waiting: Buffer = Buffer.alloc(0);
  for await (const bytes of child.stdout as AsyncIterable<Buffer>) {
    waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
    for (let end = waiting.indexOf(HEADER_END); end >= 0; end = waiting.indexOf(HEADER_END)) {
      const length = Number(/content-length: *(\d+)/i.exec(waiting.toString("latin1", 0, end))?.[1]);
      const start = end + HEADER_END.length;
      if (waiting.length < start + length) break;
      yield waiting.subarray(start, start + length);
      waiting = waiting.subarray(start + length);
    }
  }
}
