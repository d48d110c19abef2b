import type { cameras } from "@gatehouse/contract";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ApiError } from "../../../data/api-error.ts";
import { createPreference } from "../../../data/preference.ts";
import { useDetectionView } from "./use-detection-view.ts";

const wish = createPreference<"on" | "off">("gatehouse.live-boxes", (stored) =>
  stored === "off" ? "off" : "on",
);

/** Boxes over one camera's live picture: whether they are wanted and possible, and what was found. */
export interface BoxesChoice {
  readonly isLookedFor: boolean;
  readonly isOn: boolean;
  readonly view: UseQueryResult<cameras.DetectionView, ApiError>;
  set(isOn: boolean): void;
}

/** Asks for nothing while they are off, nothing is looked for, or the console is paused. */
export function useLiveBoxes({ id, settings }: cameras.Camera, paused: boolean): BoxesChoice {
  const isLookedFor = settings.enabled && settings.detection.enabled;
  const isOn = wish.use() === "on" && isLookedFor;
  return {
    isLookedFor,
    isOn,
    view: useDetectionView(id, isOn && !paused),
    set: (isOn) => wish.set(isOn ? "on" : "off"),
  };
}
