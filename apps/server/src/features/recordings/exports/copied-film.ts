import { AppError } from "@gatehouse/base";
import { FilmIndex } from "@gatehouse/video";
import type { FilmWork, MadeFilm } from "./film.ts";
import type { TimedFrame } from "./recorded-frames.ts";
import { VideoRun } from "./video-samples.ts";

/** Video as it was recorded, without decoding: exact to the picture by what is shown of it. */
export async function copiedFilm(init: TimedFrame, work: FilmWork): Promise<MadeFilm> {
  const run = new VideoRun(init, work);
  const index = new FilmIndex(run.track);
  for await (const frame of work.frames) {
    for (const { sample, atMs, compositionMs } of run.place(frame)?.samples ?? []) {
      index.add({ sizeBytes: sample.bytes.length, atMs, compositionMs, isSync: sample.isSync });
      await work.writer.append(sample.bytes);
    }
  }
  if (index.samples === 0) throw new AppError("export.empty");
  return { index, ...run.shown };
}
