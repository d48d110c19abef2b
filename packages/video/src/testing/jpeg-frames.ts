/** A marker segment of JPEG (ITU-T T.81 B.1.1.4) with its length. */
export const segment = (marker: number, body: readonly number[]): Uint8Array =>
  Uint8Array.of(0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 0xff, ...body);

export interface FrameOptions {
  readonly gray?: boolean;
  /** SOF0 unless told. */
  readonly frameMarker?: number;
  readonly precision?: number;
}

/** The markers of a picture with a scan of no meaning, which no reader that only walks the markers can tell. */
export function jpegOf(width: number, height: number, options: FrameOptions = {}): Uint8Array {
  const { gray = false, frameMarker = 0xc0, precision = 8 } = options;
  const components = gray ? [1, 0x11, 0] : [1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
  const count = components.length / 3;
  const size = [height >> 8, height & 0xff, width >> 8, width & 0xff];
  const scans = Array.from({ length: count }, (_, at) => [at + 1, 0]).flat();
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xe0, [...Buffer.from("JFIF\0"), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    ...segment(0xdb, [0, ...new Array(64).fill(1)]),
    ...segment(frameMarker, [precision, ...size, count, ...components]),
    ...segment(0xc4, [0, ...new Array(16).fill(0)]),
    ...segment(0xda, [count, ...scans, 0, 63, 0]),
    ...[0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56, 0x78],
    ...[0xff, 0xd9],
  ]);
}

/** The same picture with comments of these sizes in front. */
export function withMetadata(frame: Uint8Array, sizes: readonly number[]): Uint8Array {
  const comments = sizes.flatMap((bytes) => [...segment(0xfe, new Array(bytes).fill(0x20))]);
  return Uint8Array.from([...frame.subarray(0, 2), ...comments, ...frame.subarray(2)]);
}
