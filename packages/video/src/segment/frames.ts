import { joinBytes } from "../bytes.ts";

/**
 * What a frame holds. An H.264 recording begins with its initialisation (ISO/IEC 14496-12 `ftyp` + `moov`). `found` is
 * what a detector found in a picture before it (`found.ts`): no picture, but sealed, signed and erased with them.
 */
export const FRAME_KINDS = { jpeg: 1, mp4Init: 2, mp4Fragment: 3, found: 4 } as const;
export type FrameKind = (typeof FRAME_KINDS)[keyof typeof FRAME_KINDS];

/** Whether a frame of this kind can be seen: a JPEG, or a fragment of video. */
export const isPicture = ({ kind }: { readonly kind: number }): boolean =>
  kind === FRAME_KINDS.jpeg || kind === FRAME_KINDS.mp4Fragment;

/** Whether a frame of this kind makes its recording one of H.264. */
export const isVideo = ({ kind }: { readonly kind: number }): boolean =>
  kind === FRAME_KINDS.mp4Init || kind === FRAME_KINDS.mp4Fragment;

export interface Frame {
  readonly kind: FrameKind;
  /** Since the segment's start, by the clock that seals; 0 ≤ offset < 2^32. */
  readonly offsetMs: number;
  /** By the camera's own clock, ms since 1970; undefined when it has none. */
  readonly deviceMs: number | undefined;
  /** Whether it can be shown without the one before. */
  readonly isKey: boolean;
  readonly bytes: Uint8Array;
}

/** kind u8 · flags u8 (1: key frame) · offset u32 · device's time u64 (0: none) · length u32 · bytes. */
const RECORD_BYTES = 18;
const KEY_FLAG = 1;
const KINDS: ReadonlySet<number> = new Set(Object.values(FRAME_KINDS));

export const recordBytesOf = (frame: Frame): number => RECORD_BYTES + frame.bytes.length;

export function encodeFrames(frames: readonly Frame[]): Uint8Array {
  return joinBytes(
    frames.flatMap((frame) => {
      const head = new DataView(new ArrayBuffer(RECORD_BYTES));
      head.setUint8(0, frame.kind);
      head.setUint8(1, frame.isKey ? KEY_FLAG : 0);
      head.setUint32(2, frame.offsetMs);
      head.setBigUint64(6, BigInt(frame.deviceMs ?? 0));
      head.setUint32(14, frame.bytes.length);
      return [new Uint8Array(head.buffer), frame.bytes];
    }),
  );
}

/** The frames of an opened chunk; undefined when the bytes are not a whole number of records. */
export function parseFrames(chunk: Uint8Array): Frame[] | undefined {
  const frames: Frame[] = [];
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  for (let at = 0; at < chunk.length; ) {
    if (at + RECORD_BYTES > chunk.length) return undefined;
    const kind = view.getUint8(at);
    const flags = view.getUint8(at + 1);
    const deviceMs = view.getBigUint64(at + 6);
    const start = at + RECORD_BYTES;
    const end = start + view.getUint32(at + 14);
    if (!KINDS.has(kind) || flags > KEY_FLAG || end > chunk.length) return undefined;
    if (deviceMs > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
    frames.push({
      kind: kind as FrameKind,
      isKey: flags === KEY_FLAG,
      offsetMs: view.getUint32(at + 2),
      deviceMs: deviceMs === 0n ? undefined : Number(deviceMs),
      bytes: chunk.subarray(start, end),
    });
    at = end;
  }
  return frames;
}
