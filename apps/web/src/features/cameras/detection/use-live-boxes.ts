import type { cameras } from "@gatehouse/contract";
import { createPreference } from "../../../data/preference.ts";

const wish = createPreference<"on" | "off">("gatehouse.live-boxes", (stored) =>
  stored === "off" ? "off" : "on",
);

/** Boxes over live pictures: whether this person wants them, here and at all other cameras. */
export interface BoxesWish {
  readonly isOn: boolean;
  set(isOn: boolean): void;
}

export const useBoxesWish = (): BoxesWish => ({
  isOn: wish.use() === "on",
  set: (isOn) => wish.set(isOn ? "on" : "off"),
});

/** Whether anything is looked for in a camera's pictures. */
export const isLookedFor = ({ settings }: cameras.Camera): boolean =>
  settings.enabled && settings.detection.enabled;

/** Of one camera: wanted and possible. */
export function useLiveBoxes(camera: cameras.Camera): BoxesWish {
  const { isOn, set } = useBoxesWish();
  return { isOn: isOn && isLookedFor(camera), set };
}
