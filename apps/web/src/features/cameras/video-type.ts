/** Far enough for every initialisation segment that the server lets through. */
const SEARCHED_BYTES = 65_536;
const AVCC = [0x61, 0x76, 0x63, 0x43] as const;

/**
 * The media type of an fMP4 initialisation with H.264, as RFC 6381 §3.3 writes it: profile, constraints and level
 * stand behind the version in the `avcC` box (ISO/IEC 14496-15 §5.3.3.1). Undefined where there is none.
 */
export function videoTypeOf(init: Uint8Array): string | undefined {
  const last = Math.min(init.length, SEARCHED_BYTES) - AVCC.length - 4;
  for (let at = 0; at <= last; at += 1) {
    if (AVCC.some((byte, n) => init[at + n] !== byte)) continue;
    const profile = Array.from(init.subarray(at + 5, at + 8), (byte) => byte.toString(16).padStart(2, "0"));
    return `video/mp4; codecs="avc1.${profile.join("")}"`;
  }
  return undefined;
}
