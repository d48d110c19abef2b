import { type ChildProcessByStdio, spawn } from "node:child_process";
import { setPriority } from "node:os";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { findFfmpeg, JpegSplitter } from "@gatehouse/capture";
import type { FrameSource, OpenFrameSource } from "./frame-source.ts";

/** Kept of what ffmpeg says when it fails. */
const MAX_WORDS = 400;
/** Films, and nothing that names further files or addresses. */
const FORMATS = "mov,mp4,matroska,webm,avi,mpegts,mjpeg";
const LATER_THAN_OTHERS = 10;

/** A film from a file, again and again, at its own pace, as an ESP32's camera would send it. */
export const openFilm =
  (file: string, framesPerSecond: number): OpenFrameSource =>
  (onFrame, onFailed) => {
    const film = new Film(onFrame, onFailed);
    film.start(resolve(file), framesPerSecond).catch((error: Error) => film.fail(error.message));
    return film;
  };

const argumentsOf = (file: string, framesPerSecond: number): string[] => [
  ...["-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1"],
  ...["-protocol_whitelist", "file,pipe", "-format_whitelist", FORMATS],
  ...["-re", "-stream_loop", "-1", "-i", `file:${file}`],
  ...["-map", "0:v:0", "-vf", `fps=${framesPerSecond},scale=640:-2`, "-pix_fmt", "yuvj422p", "-q:v", "6"],
  ...["-threads", "1", "-f", "image2pipe", "-c:v", "mjpeg", "pipe:1"],
];

class Film implements FrameSource {
  readonly #onFrame: (jpeg: Uint8Array) => void;
  readonly #onFailed: (reason: string) => void;
  #child: ChildProcessByStdio<null, Readable, Readable> | undefined;
  #ended: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(onFrame: (jpeg: Uint8Array) => void, onFailed: (reason: string) => void) {
    this.#onFrame = onFrame;
    this.#onFailed = onFailed;
  }

  async start(file: string, framesPerSecond: number): Promise<void> {
    const program = await findFfmpeg();
    if (this.#isOver) return;
    const child = spawn(program, argumentsOf(file, framesPerSecond), {
      stdio: ["ignore", "pipe", "pipe"],
      env: {},
    });
    this.#child = child;
    this.#ended = new Promise((done) => child.once("close", () => done()));
    if (child.pid !== undefined) setPriority(child.pid, LATER_THAN_OTHERS);
    const splitter = new JpegSplitter();
    let words = "";
    child.stderr.on("data", (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-MAX_WORDS);
    });
    child.stdout.on("data", (chunk: Buffer) => {
      try {
        for (const frame of splitter.push(chunk)) this.#onFrame(frame);
      } catch (error) {
        this.fail((error as Error).message);
      }
    });
    child.once("error", (error) => this.fail(error.message));
    child.once("close", (code) => this.fail(words.trim() || `ffmpeg ended with ${code}`));
  }

  /** Says it once; nothing more comes. */
  fail(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#child?.kill("SIGKILL");
    this.#onFailed(reason);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    this.#child?.kill("SIGKILL");
    await this.#ended;
  }
}
