import { silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import { connectDirect } from "../connect.ts";
import { findFfmpeg } from "../ffmpeg/find-ffmpeg.ts";
import { openSource } from "../open-source.ts";
import type { CaptureDeps, CapturedPicture, SourceSpec } from "../source.ts";

export interface Captured {
  readonly pictures: CapturedPicture[];
  /** Code and reason of the end; undefined when the test ended it. */
  readonly error?: { readonly code: string; readonly fields: Readonly<Record<string, unknown>> };
}

/** Pictures of a source until there are so many, or it ends by itself. */
export async function capture(
  spec: SourceSpec,
  count: number,
  more: Partial<CaptureDeps> = {},
): Promise<Captured> {
  const ending = new AbortController();
  const pictures: CapturedPicture[] = [];
  try {
    const source = openSource(spec, {
      ...{ clock: systemClock, random: systemRandom, log: silentLogger, as: "copy" },
      ...{ signal: ending.signal, connect: connectDirect, ffmpeg: findFfmpeg },
      ...more,
    });
    for await (const picture of source) {
      pictures.push(picture);
      if (pictures.length >= count) ending.abort();
    }
    return { pictures };
  } catch (error) {
    return { pictures, error: error as NonNullable<Captured["error"]> };
  } finally {
    ending.abort();
  }
}
