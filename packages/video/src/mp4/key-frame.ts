import { joinBytes } from "../bytes.ts";
import { h264ConfigOf, withStartCodes } from "./annex-b.ts";
import { describeTrack, samplesOf } from "./read.ts";

/**
 * The key frame that a fragment begins with, with its parameter sets in front, as a byte stream (ITU-T H.264, annex B) that a
 * decoder takes alone. Undefined where the two are not what `inspectInit` and `inspectFragment` let through.
 */
export function keyFrameOf(init: Uint8Array, fragment: Uint8Array): Uint8Array | undefined {
  const track = describeTrack(init);
  const config = track && h264ConfigOf(track.sampleDescription);
  const [first] = (track && samplesOf(fragment, track)) ?? [];
  const frame = first?.isSync && config && withStartCodes(first.bytes, config.lengthBytes);
  return frame ? joinBytes([config.parameterSets, frame]) : undefined;
}
