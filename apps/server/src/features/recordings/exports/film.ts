import type { UnixMs } from "@gatehouse/base";
import type { FilmIndex } from "@gatehouse/video";
import type { TimedFrame } from "./recorded-frames.ts";
import type { SealedWriter } from "./sealed-files.ts";

/** What is taken out, and how. */
export interface FilmSpan {
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
  readonly speed: number;
}

export interface FilmWork extends FilmSpan {
  /** Those after the first. */
  readonly frames: AsyncIterable<TimedFrame>;
  readonly writer: SealedWriter;
  readonly signal: AbortSignal;
}

/** A film whose samples are in the writer; its front is still to come. Places are ms from its beginning. */
export interface MadeFilm {
  readonly index: FilmIndex;
  readonly shownFromMs: number;
  readonly shownToMs: number;
  readonly firstMs: UnixMs;
  readonly lastMs: UnixMs;
}
