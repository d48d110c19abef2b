import type { Uuid } from "@gatehouse/base";

/** Ways in, as a camera's health names them. */
export const FRAME_WAYS = ["websocket", "channel", "agent", "pull", "grpc"] as const;
export type FrameWay = (typeof FRAME_WAYS)[number];

/**
 * One connection that delivers the frames of one camera: one object for as long as it lasts. Of two, the newer is
 * listened to; the older is told so, and nothing more is taken from it.
 */
export interface FrameSource {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly way: FrameWay;
  /** As devices' connections are named: `wss`, `mqtts` … */
  readonly via: string;
  readonly address: string;
  /** A newer connection delivers this camera's frames. */
  replaced?(): void;
}
