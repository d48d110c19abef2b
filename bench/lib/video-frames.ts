import { systemRandom } from "@gatehouse/base";
import { jpegOf } from "../../packages/video/src/testing/jpeg-frames.ts";

/** After SOI: marker and length of the comment that the time stands in. */
const TIME_AT = 6;
export const TIME_END = TIME_AT + 8;

/** A picture of this size in bytes whose scan says nothing, with room for the time at which it is sent. */
export function benchFrame(bytes: number): Uint8Array {
  const picture = jpegOf(640, 480);
  const scan = new Uint8Array(bytes - picture.length - 12);
  for (let at = 0; at < scan.length; at += 4_096)
    scan.set(systemRandom.bytes(Math.min(4_096, scan.length - at)), at);
  // 0xFF begins a marker.
  for (const [at, byte] of scan.entries()) if (byte === 0xff) scan[at] = 0xfe;
  return Uint8Array.from([
    ...picture.subarray(0, 2),
    ...[0xff, 0xfe, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0],
    ...picture.subarray(2, -2),
    ...scan,
    0xff,
    0xd9,
  ]);
}

/** Time that all processes of one machine share, with a fraction. */
export const sharedNowMs = (): number => performance.timeOrigin + performance.now();

/** In microseconds, in whose eight bytes no 0xFF can begin a marker: a comment's content is skipped by its length. */
export function stamp(frame: Uint8Array): Uint8Array {
  const stamped = frame.slice();
  new DataView(stamped.buffer).setBigUint64(TIME_AT, BigInt(Math.round(sharedNowMs() * 1_000)));
  return stamped;
}

/** How long ago this picture was sent; its first bytes are enough. */
export const ageMs = (picture: Buffer): number =>
  sharedNowMs() - Number(picture.readBigUInt64BE(TIME_AT)) / 1_000;
