import type { UnixMs, Uuid } from "@gatehouse/base";
import type { SealedName } from "./sealed-files.ts";

/** A film to be made of what one camera recorded. */
export interface FilmOrder {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
  /** Under this name it is sealed; of a row of whoever asks, which stands before the file does. */
  readonly fileId: Uuid;
  /** How many times as fast as it happened; 1 unless told. */
  readonly speed?: number;
  /** Drawn on each picture, one or more lines. */
  readonly watermark?: string;
  /** Ends the work: nothing of it is left then. */
  readonly signal: AbortSignal;
  /** Now and then, 0 … 1. */
  readonly onProgress?: (ratio: number) => void;
}

/** What became of it: an MP4 that begins to play before it is whole, sealed at rest (`SealedFiles` opens it). */
export interface Film {
  readonly name: SealedName;
  readonly bytes: number;
  readonly frames: number;
  readonly firstMs: UnixMs;
  readonly lastMs: UnixMs;
  /** As it plays. */
  readonly durationMs: number;
  /** Parts of the recording that did not open, and are not in it. */
  readonly damaged: number;
}

/**
 * One film at a time for the whole server, in the order in which they were asked for. Refuses `export.empty` where
 * nothing is recorded, `export.codec_changed`, `export.too_large`, `ffmpeg.missing`, `export.failed`; an aborted one
 * rejects with its signal's reason.
 */
export type RenderFilm = (order: FilmOrder) => Promise<Film>;
