import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@gatehouse/base";
import { type CaptureDeps, type CapturedPicture, DEFAULT_LIMITS, sourceError } from "../source.ts";

const PICTURE = /\.jpe?g$/i;

export interface FolderSpec {
  readonly kind: "folder";
  readonly path: string;
  readonly framesPerSecond: number;
}

/** The JPEG files of a folder by name, again and again, byte for byte as they are. */
export async function* openFolder(
  { path, framesPerSecond }: FolderSpec,
  { clock, signal, limits }: CaptureDeps,
): AsyncGenerator<CapturedPicture, void, void> {
  const files = await listPictures(path);
  const maxBytes = limits?.pictureBytes ?? DEFAULT_LIMITS.pictureBytes;
  const stepMs = 1_000 / framesPerSecond;
  let dueMs = clock.monotonicMs();
  for (let count = 0; !signal.aborted; count++) {
    await pause(clock, dueMs - clock.monotonicMs(), signal);
    if (signal.aborted) return;
    const bytes = await readPicture(join(path, files[count % files.length] as string), maxBytes);
    yield { kind: "jpeg", bytes, takenMs: clock.nowMs() };
    // Whoever was held up is late from then on, and does not catch up.
    dueMs = Math.max(dueMs + stepMs, clock.monotonicMs() + stepMs / 2);
  }
}

async function listPictures(path: string): Promise<string[]> {
  const names = await readdir(path).catch((cause: unknown) => {
    throw sourceError("absent", "folder", cause);
  });
  const files = names.filter((name) => PICTURE.test(name)).toSorted();
  if (files.length === 0) throw sourceError("no_video", "no .jpg");
  return files;
}

/** One byte more than a picture may have is enough to be refused. */
async function readPicture(path: string, maxBytes: number): Promise<Uint8Array> {
  const file = await open(path).catch((cause: unknown) => {
    throw sourceError("absent", "file", cause);
  });
  try {
    const bytes = new Uint8Array(Math.min((await file.stat()).size, maxBytes + 1));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = clock.after(ms, done);
    signal.addEventListener("abort", done, { once: true });
  });
}
