import { samplesOf, type TrackDescription } from "./read.ts";

/**
 * When each picture of a fragment is shown, in ms since its first one, in the order in which they are shown; undefined
 * when the fragment does not say how long they last.
 */
export function sampleTimes(fragment: Uint8Array, track: TrackDescription): number[] | undefined {
  const samples = samplesOf(fragment, track);
  const shown = samples?.map(({ decodeTime, compositionOffset }) => decodeTime + compositionOffset);
  const [first] = shown ?? [];
  if (shown === undefined || first === undefined || track.timescale === 0) return undefined;
  if (samples?.some(({ duration }) => duration === 0) === true) return undefined;
  // What is decoded first is a key frame; nothing is shown before it.
  return shown
    .filter((units) => units >= first)
    .sort((a, b) => a - b)
    .map((units) => ((units - first) * 1_000) / track.timescale);
}
