import type { Uuid } from "@gatehouse/base";
import { parseManifest } from "@gatehouse/video";
import type { SegmentRow } from "./model.ts";

/**
 * Of signed segments of one camera, oldest first: those before which one that was signed is gone, because it was too
 * old or no event needed it.
 */
export const gapsIn = (signed: readonly SegmentRow[]): Uuid[] =>
  signed.flatMap(({ manifest = "", segmentId }, at) => {
    const before = signed[at - 1]?.manifestSha256;
    const isNext = before === undefined || parseManifest(manifest)?.manifest.previous === before;
    return isNext ? [] : [segmentId];
  });
