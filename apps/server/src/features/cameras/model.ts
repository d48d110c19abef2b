import type { UnixMs, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";

/** One frame after validation and masks: what is shown, judged and kept. Its bytes are never changed afterwards. */
export interface CameraFrame {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly kind: cameras.FrameKind;
  readonly bytes: Uint8Array;
  /** Of JPEG, and of a fragment as its initialisation says. */
  readonly width: number;
  readonly height: number;
  /** Counts this camera's frames since the server's start, without gaps, modulo 2³². */
  readonly number: number;
  /** The server's clock when the frame was whole; never before the one of the frame before it. */
  readonly takenMs: UnixMs;
  /** The camera's clock; undefined when it sends none. */
  readonly deviceMs: UnixMs | undefined;
}
