import type { cameras } from "@gatehouse/contract";
import type { LiveFound } from "../../../data/camera-live.ts";

/**
 * What an older look found is not drawn over the live picture. Video may have a key frame to look at every two seconds,
 * and a camera's own machine tells once a second.
 */
const OLD_AFTER_MS = 2_500;

/** Why there are no boxes, or fewer than there could be, in a word of the texts. */
export type BoxesNote = "off" | "failed" | "busy" | "no_picture" | "agent" | "agentSilent";

/**
 * What is before the camera as far as the newest look tells.
 * @param nowMs by the server's clock
 */
export const foundNow = (found: LiveFound | undefined, nowMs: number): LiveFound["boxes"] =>
  found === undefined || nowMs - found.atMs > OLD_AFTER_MS ? [] : found.boxes;

/** Undefined while this server looks and all is well, and before it has said anything. */
export function noteOf(view: cameras.DetectionView | undefined, isLookedFor: boolean): BoxesNote | undefined {
  if (!isLookedFor) return "off";
  if (view === undefined) return undefined;
  const { by, state } = view;
  if (state === "failed") return state;
  if (by === "agent") return state === "no_picture" ? "agentSilent" : "agent";
  return state === "busy" || state === "no_picture" ? state : undefined;
}
