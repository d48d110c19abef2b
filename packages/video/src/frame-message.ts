/**
 * A frame as it travels in a session of the secure channel (content type 3, docs/channel.md): camera 16 (zeros: whoever
 * sends) · kind u8 · zero 3 · taken u64 (ms since 1970 by the camera's clock; 0: it has none) · the frame's bytes.
 * Integers are big-endian.
 */
export const FRAME_MESSAGE_HEADER_BYTES = 28;

export interface FrameMessage {
  /** 16 bytes; undefined: of the sender itself. */
  readonly cameraId: Uint8Array | undefined;
  /** 1 JPEG, 2 fMP4 initialisation, 3 fMP4 fragment. */
  readonly kind: number;
  readonly takenMs: number | undefined;
  readonly bytes: Uint8Array;
}

export function encodeFrameMessage({ cameraId, kind, takenMs = 0, bytes }: FrameMessage): Uint8Array {
  const message = new Uint8Array(FRAME_MESSAGE_HEADER_BYTES + bytes.length);
  if (cameraId !== undefined) message.set(cameraId);
  message[16] = kind;
  new DataView(message.buffer).setBigUint64(20, BigInt(takenMs));
  message.set(bytes, FRAME_MESSAGE_HEADER_BYTES);
  return message;
}

/** Undefined when it is none. The frame's bytes are not copied and not looked at. */
export function parseFrameMessage(message: Uint8Array): FrameMessage | undefined {
  if (message.length <= FRAME_MESSAGE_HEADER_BYTES) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const kind = message[16] as number;
  const takenMs = view.getBigUint64(20);
  const isOne =
    kind >= 1 &&
    kind <= 3 &&
    view.getUint32(16) % 0x1000000 === 0 &&
    takenMs <= BigInt(Number.MAX_SAFE_INTEGER);
  if (!isOne) return undefined;
  const cameraId = message.subarray(0, 16);
  return {
    cameraId: cameraId.some((byte) => byte !== 0) ? cameraId : undefined,
    kind,
    takenMs: takenMs === 0n ? undefined : Number(takenMs),
    bytes: message.subarray(FRAME_MESSAGE_HEADER_BYTES),
  };
}
