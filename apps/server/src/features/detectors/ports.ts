import type { Uuid } from "@gatehouse/base";
import type { access, cameras } from "@gatehouse/contract";

export interface CameraUse {
  readonly id: Uuid;
  /** As people call it. */
  readonly name: string;
  readonly detector: cameras.DetectionSettings["detector"];
  /** Whether anything is looked for in its pictures at all. */
  readonly isLooking: boolean;
}

/** Which detector each camera uses that an asker may see; from memory. */
export type CamerasInUse = (scope: access.Scope) => readonly CameraUse[];
