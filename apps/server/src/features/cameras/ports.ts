import type { ErrorCode, UnixMs, Uuid } from "@gatehouse/base";
import type { access, cameras } from "@gatehouse/contract";

/** A device whose type has pictures. */
export interface KnownCamera {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly name: string;
  /** What people call it; may be empty. */
  readonly label: string;
  readonly typeId: string;
  readonly siteId: Uuid;
  readonly revoked: boolean;
}

/** As lists show it. */
export interface DescribedCamera extends KnownCamera {
  readonly siteName: string;
  readonly demo: boolean;
}

export interface CameraDevices {
  /** From memory; undefined for what is no camera or gone. */
  find(deviceId: Uuid): KnownCamera | undefined;
  /** Cameras that the asker may see, without those that are revoked; from memory. */
  idsWithin(scope: access.Scope): readonly Uuid[];
  describe(cameraIds: readonly Uuid[]): Promise<readonly DescribedCamera[]>;
  /** A frame is a sign of life. */
  heard(cameraId: Uuid, from: { readonly via: string; readonly address: string }, atMs: UnixMs): void;
  /** Whether the site gateway speaks for the camera; from memory. */
  isAssigned(gatewayId: Uuid, cameraId: Uuid): boolean;
  /** Whether it speaks for a camera; from memory. */
  carriesCameras(gatewayId: Uuid): boolean;
}

/** What other features know of a camera now. */
export interface CameraActivity {
  /** Whether its frames are being written. */
  isRecording(cameraId: Uuid): boolean;
  /** Undefined where nobody looks for motion. */
  isMoving(cameraId: Uuid): boolean | undefined;
  /** Of a camera that the server fetches from. */
  fetchingOf(cameraId: Uuid): Pick<cameras.CameraHealth, "problem" | "convertRatio">;
  /** Why nobody is looked for; undefined while all is well. */
  detectionProblemOf(cameraId: Uuid): string | undefined;
}

/** What a device shows when it connects. */
export interface FeedClaim {
  readonly username?: string;
  readonly password?: string;
  readonly via: string;
  readonly address: string;
}

export interface FeedLogin {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly credentialId: string;
}

/** Why somebody is not let in; with whose device it is where that is proven. */
export interface FeedRefusal {
  readonly refused: ErrorCode;
  readonly tenantId?: Uuid;
  readonly deviceId?: Uuid;
}

export interface FeedAuthenticator {
  authenticate(claim: FeedClaim): Promise<FeedLogin | FeedRefusal>;
}

/** Draws the masks of a frame; `packages/capture` does. */
export interface Masker {
  /** Rejects when the picture cannot be decoded. */
  mask(
    jpeg: Uint8Array,
    areas: readonly (readonly (readonly [x: number, y: number])[])[],
  ): Promise<{ readonly bytes: Uint8Array; readonly width: number; readonly height: number }>;
}

/** Why a frame is not taken. */
export type FrameRefusal = Extract<
  ErrorCode,
  `frame.${string}` | "camera.off" | "camera.none" | "camera.taken" | "device.revoked" | "message.malformed"
>;
