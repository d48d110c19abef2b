import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Timer } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { FrameSource, OpenFrameSource } from "./frame-source.ts";

const PICTURE = /\.jpe?g$/i;

/** The JPEG files of a folder by name, again and again, as they are: also damaged ones. */
export const openFolder =
  (folder: string, framesPerSecond: number, clock: Clock): OpenFrameSource =>
  (onFrame, onFailed) => {
    let timer: Timer | undefined;
    let isOver = false;
    const play = async (): Promise<void> => {
      const files = (await readdir(folder)).filter((name) => PICTURE.test(name)).toSorted();
      if (files.length === 0) throw new Error(`there are no .jpg files in ${folder}`);
      const startMs = clock.monotonicMs();
      const next = async (count: number): Promise<void> => {
        const frame = await readFrame(join(folder, files[count % files.length] as string));
        if (isOver) return;
        onFrame(frame);
        const dueMs = startMs + ((count + 1) * 1_000) / framesPerSecond;
        const step = (): void => void next(count + 1).catch(fail);
        timer = clock.after(Math.max(0, dueMs - clock.monotonicMs()), step);
      };
      await next(0);
    };
    const fail = (error: Error): void => {
      if (!isOver) onFailed(error.message);
    };
    play().catch(fail);
    const source: FrameSource = {
      async stop() {
        isOver = true;
        timer?.cancel();
      },
    };
    return source;
  };

/** One byte more than any server takes is enough to be refused. */
async function readFrame(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(Math.min((await file.stat()).size, cameras.FRAME_LIMITS.bytes + 1));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
