/** One box of ISO/IEC 14496-12 §4.2, with what it holds. */
export interface Box {
  readonly type: string;
  readonly body: Uint8Array;
  /** Where the whole box begins in the bytes it was found in. */
  readonly start: number;
}

/** Of one list: what a camera writes has a dozen. */
const MAX_BOXES = 64;

/** The boxes that follow each other in `bytes`, which they must fill; undefined where they do not. */
export function boxesOf(bytes: Uint8Array): Box[] | undefined {
  const view = viewOf(bytes);
  const boxes: Box[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (boxes.length === MAX_BOXES || at + 8 > bytes.length) return undefined;
    // Neither 64-bit sizes (1) nor "to the end of the file" (0): no frame is so large or without end.
    const size = view.getUint32(at);
    if (size < 8 || at + size > bytes.length) return undefined;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    boxes.push({ type, body: bytes.subarray(at + 8, at + size), start: at });
    at += size;
  }
  return boxes;
}

export const allOf = (boxes: readonly Box[], type: string): readonly Box[] =>
  boxes.filter((box) => box.type === type);

/** The box of this type when there is exactly one. */
export function onlyOne(boxes: readonly Box[] | undefined, type: string): Box | undefined {
  const found = allOf(boxes ?? [], type);
  return found.length === 1 ? found[0] : undefined;
}

/** Down through boxes that hold boxes, each there exactly once. */
export function inside(box: Box | undefined, ...path: readonly string[]): Box | undefined {
  let at = box;
  for (const type of path) at = at && onlyOne(boxesOf(at.body), type);
  return at;
}

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
