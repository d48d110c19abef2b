import { cameras } from "@gatehouse/contract";
import { uuidBytes } from "@gatehouse/video";
import type { CameraFrame } from "../model.ts";

/** A frame as it goes to every viewer: made once, shared by all. */
export interface LiveMessage {
  readonly frame: CameraFrame;
  readonly bytes: Buffer;
}

/** CAMERAS_LIVE_PATH of the contract says what the header is. */
export function liveMessage(frame: CameraFrame): LiveMessage {
  const header = cameras.CAMERAS_LIVE_HEADER_BYTES;
  const bytes = Buffer.allocUnsafeSlow(header + frame.bytes.length);
  bytes.writeUInt32BE(frame.kind * 0x1000000, 0);
  bytes.writeUInt32BE(frame.number, 4);
  bytes.writeBigUInt64BE(BigInt(frame.takenMs), 8);
  bytes.set(uuidBytes(frame.cameraId) as Uint8Array, 16);
  bytes.set(frame.bytes, header);
  return { frame, bytes };
}
