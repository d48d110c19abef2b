import type { UnixMs, Uuid } from "@gatehouse/base";
import { access, type cameras } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import type { FrameHub } from "../frame-hub.ts";

/** What is shown, and whose it is. Everything from memory: asked for every viewer each second. */
export interface ShownCameras {
  readonly frames: Pick<FrameHub, "subscribeTo" | "newest" | "initOf">;
  /** Undefined for what is no camera. */
  find(cameraId: Uuid): ShownCamera | undefined;
}

export interface ShownCamera {
  readonly tenantId: Uuid;
  readonly siteId: Uuid;
  readonly state: cameras.CameraState;
}

/** What the newest look at a camera's pictures found. */
export interface NewestFound {
  readonly atMs: UnixMs;
  readonly boxes: readonly cameras.FoundBox[];
}

export interface WatchingPeople {
  /** The same person or program with what it may do now; undefined when it may hold nothing open any more. */
  again(principal: PersonPrincipal): Promise<PersonPrincipal | undefined>;
}

/** What somebody is told of a camera: `none` for one that is hidden from them, as for one that is none. */
export type Standing = cameras.CameraState | "none";

export function standingOf(cameras: ShownCameras, who: PersonPrincipal, cameraId: Uuid): Standing {
  const camera = cameras.find(cameraId);
  const reach = who.permissions.get("camera.view");
  if (camera === undefined || reach === undefined || camera.tenantId !== who.tenantId) return "none";
  const { siteId, state } = camera;
  return reach === "all" || access.reaches(reach, { siteId, deviceId: cameraId }) ? state : "none";
}

/** Whether frames of such a camera are given out. */
export const isShown = (standing: Standing): boolean => standing !== "none" && standing !== "off";
