import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setPriority } from "node:os";
import type { Readable, Writable } from "node:stream";
import { AppError, type Clock } from "@gatehouse/base";

/** Pictures are counted at this rate; when each is shown is for whoever asked. */
export const COUNTED_PER_SECOND = 25;
/** After everything else that this machine does. */
const LOWEST_PRIORITY = 19;
const KEY_FRAME_EVERY = 50;
/** Kept of what ffmpeg says when it fails. */
const MAX_WORDS = 400;
const MAX_ALLOCATION_BYTES = 268_435_456;
/** Neither taking nor giving anything for so long, it hangs. */
const SILENT_MS = 60_000;
const LOOKED_EVERY_MS = 5_000;
/** A day of pictures takes an hour or so. */
const LONGEST_MS = 6 * 3_600_000;

interface FilmToEncode {
  readonly program: string;
  /** Of the bytes that come: whole JPEGs, or H.264 with start codes (ITU-T H.264 annex B). */
  readonly source: "mjpeg" | "h264";
  readonly input: AsyncIterable<Uint8Array>;
  /** Of the film; both even. Pictures of another size are fitted in. */
  readonly size: { readonly width: number; readonly height: number };
  /** A picture (PNG) that lies over every other. */
  readonly overlay?: Uint8Array | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const argumentsOf = ({ source, size: { width, height }, overlay }: FilmToEncode): string[] => {
  // Numbered in the order in which they are shown: what their own times say is of no use in a stream without them.
  const fit = `setpts=N/(${COUNTED_PER_SECOND}*TB),scale=${width}:${height}:force_original_aspect_ratio=decrease:out_range=tv,pad=${width}:${height}:-1:-1,setsar=1,format=yuv420p`;
  const picture =
    overlay === undefined
      ? ["-map", "0:v:0", "-vf", fit]
      : ["-filter_complex", `[0:v:0]${fit}[v];[v][1:v:0]overlay=0:0,format=yuv420p[out]`, "-map", "[out]"];
  return [
    ...["-nostdin", "-hide_banner", "-loglevel", "error", "-max_alloc", String(MAX_ALLOCATION_BYTES)],
    ...["-protocol_whitelist", "pipe", "-threads", "1", "-framerate", String(COUNTED_PER_SECOND)],
    ...["-f", source, "-i", "pipe:0"],
    ...(overlay === undefined ? [] : ["-protocol_whitelist", "pipe", "-f", "png_pipe", "-i", "pipe:3"]),
    ...picture,
    ...["-an", "-sn", "-dn", "-c:v", "libx264", "-preset", "superfast", "-crf", "23", "-bf", "0"],
    ...[
      "-r",
      String(COUNTED_PER_SECOND),
      "-g",
      String(KEY_FRAME_EVERY),
      "-threads",
      "1",
      "-filter_threads",
      "1",
    ],
    ...["-movflags", "frag_keyframe+empty_moov+default_base_moof", "-f", "mp4", "pipe:1"],
  ];
};

/**
 * Encodes pictures as H.264 by a child process of the lowest priority: a stream of fragmented MP4. It is killed when
 * the signal says so, when it hangs, and when nobody reads on. Refuses `export.failed` with what ffmpeg said.
 */
export async function* encodeFilm(film: FilmToEncode): AsyncGenerator<Uint8Array> {
  const { clock, program, signal } = film;
  signal.throwIfAborted();
  const child = spawn(program, argumentsOf(film), {
    stdio: ["pipe", "pipe", "pipe", ...(film.overlay === undefined ? [] : (["pipe"] as const))],
    env: {},
    windowsHide: true,
  });
  const ended = endOf(child);
  const work = new AbortController();
  void ended.then(() => work.abort());
  const startMs = clock.monotonicMs();
  let lastMs = startMs;
  const stop = (): void => void child.kill("SIGKILL");
  signal.addEventListener("abort", stop);
  const watch = clock.every(LOOKED_EVERY_MS, () => {
    const nowMs = clock.monotonicMs();
    if (nowMs - lastMs > SILENT_MS || nowMs - startMs > LONGEST_MS) stop();
  });
  const alive = (): void => {
    lastMs = clock.monotonicMs();
  };
  const fed = feed(child, film, work.signal, alive);
  try {
    for await (const bytes of child.stdout as Readable) {
      alive();
      yield bytes as Uint8Array;
    }
    const { code, words } = await ended;
    signal.throwIfAborted();
    const failure = await fed;
    if (failure !== undefined) throw failure;
    if (code !== 0) throw new AppError("export.failed", { ffmpeg: words });
  } finally {
    stop();
    work.abort();
    watch.cancel();
    signal.removeEventListener("abort", stop);
    await fed;
    await ended;
  }
}

function endOf(child: ChildProcess): Promise<{ readonly code: number | null; readonly words: string }> {
  let words = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-MAX_WORDS);
  });
  if (child.pid !== undefined) setPriority(child.pid, LOWEST_PRIORITY);
  return new Promise((resolve) => {
    child.once("error", (error) => {
      words ||= error.message;
    });
    child.once("close", (code) => resolve({ code, words: words.trim() }));
  });
}

/** Answers what went wrong with the pictures themselves; an ffmpeg that ends early says so by itself. */
async function feed(
  child: ChildProcess,
  { input, overlay }: FilmToEncode,
  signal: AbortSignal,
  alive: () => void,
): Promise<Error | undefined> {
  const stdin = child.stdin as Writable;
  // A closed pipe is told by the end of the child.
  stdin.on("error", () => undefined);
  const drawn = child.stdio[3] as Writable | null | undefined;
  drawn?.on("error", () => undefined);
  drawn?.end(overlay);
  try {
    for await (const bytes of input) {
      if (signal.aborted || stdin.destroyed) return undefined;
      alive();
      if (!stdin.write(bytes)) await once(stdin, "drain", { signal }).catch(() => undefined);
    }
    stdin.end();
    return undefined;
  } catch (error) {
    child.kill("SIGKILL");
    return error as Error;
  }
}
