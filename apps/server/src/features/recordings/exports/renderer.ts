import { AppError, isAppError, type Logger } from "@gatehouse/base";
import { FRAME_KINDS } from "@gatehouse/video";
import { findFfmpeg } from "../../../platform/ffmpeg/index.ts";
import { copiedFilm } from "./copied-film.ts";
import { encodedFilm } from "./encoded-film.ts";
import type { MadeFilm } from "./film.ts";
import { type FrameSource, framesIn, type TimedFrame } from "./recorded-frames.ts";
import type { Film, FilmOrder, RenderFilm } from "./render.ts";
import type { SealedFiles, SealedWriter } from "./sealed-files.ts";
import type { Turns } from "./turns.ts";

export interface RendererDeps extends FrameSource {
  readonly log: Logger;
  readonly files: SealedFiles;
  /** Films and archives wait for each other. */
  readonly turns: Turns;
}

/** Makes films of recordings; nothing of one that fails stays. */
export const createRenderer = (deps: RendererDeps): RenderFilm => {
  return ({ signal, ...order }) =>
    deps.turns.take(signal, async () => {
      const name = { tenantId: order.tenantId, cameraId: order.cameraId, fileId: order.fileId };
      const writer = await deps.files.create(name);
      try {
        return await render(deps, { ...order, signal }, writer);
      } catch (error) {
        await writer.abandon();
        await deps.files.remove(name);
        signal.throwIfAborted();
        if (isAppError(error)) throw error;
        throw new AppError("export.failed", {}, { cause: error });
      }
    });
};

async function render(deps: RendererDeps, order: FilmOrder, writer: SealedWriter): Promise<Film> {
  const { clock, files: _files, ...source } = deps;
  const { tenantId, cameraId, fileId, fromMs, toMs, signal, onProgress, speed = 1, watermark } = order;
  let damaged = 0;
  const recorded = framesIn(
    { ...source, clock },
    { tenantId, cameraId },
    { fromMs, toMs },
    {
      signal,
      onDamaged: () => {
        damaged++;
      },
    },
  );
  const frames = followed(recorded, ({ takenMs }) => onProgress?.(ratioOf(takenMs, fromMs, toMs)));
  const { value: first } = await frames.next();
  if (first === undefined) throw new AppError("export.empty");
  const work = { fromMs, toMs, speed, frames, writer, signal };
  const isCopied = first.kind === FRAME_KINDS.mp4Init && watermark === undefined;
  const made: MadeFilm = isCopied
    ? await copiedFilm(first, work)
    : await encodedFilm(first, { ...work, program: await findFfmpeg(), clock, watermark });
  const { index, shownFromMs, shownToMs, firstMs, lastMs } = made;
  const bytes = await writer.finish(index.head({ createdMs: firstMs, shownFromMs, shownToMs }));
  const durationMs = Math.round(shownToMs - shownFromMs);
  return {
    name: { tenantId, cameraId, fileId },
    ...{ bytes, frames: index.samples, firstMs, lastMs, durationMs, damaged },
  };
}

async function* followed(
  frames: AsyncIterable<TimedFrame>,
  onFrame: (frame: TimedFrame) => void,
): AsyncGenerator<TimedFrame, undefined> {
  for await (const frame of frames) {
    onFrame(frame);
    yield frame;
  }
  return undefined;
}

const ratioOf = (atMs: number, fromMs: number, toMs: number): number =>
  Math.max(0, Math.min(1, (atMs - fromMs) / (toMs - fromMs)));
