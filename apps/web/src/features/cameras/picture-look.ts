import type { cameras } from "@gatehouse/contract";
import type { LiveCameraState } from "../../data/camera-live.ts";
import type { Seen } from "./frame-meter.ts";

/** A picture that is older is not live any more, whatever the camera says of itself. */
export const OLD_AFTER_MS = 5_000;

/**
 * How a place on screen shows its camera. `old`: a picture stays, greyed and with its time, because none follows it: the
 * camera is silent, or the line is slow.
 * `silent`: there is no picture, and since when is known.
 */
export type Look =
  | { readonly kind: "live"; readonly seen: Seen }
  | { readonly kind: "paused"; readonly takenMs: number }
  | { readonly kind: "old"; readonly takenMs: number; readonly isSilent: boolean }
  | { readonly kind: "silent"; readonly sinceMs: number }
  | { readonly kind: "waiting" | "never" | "off" | "none" };

/** `noted`: the live connection's own word, newer than what the list said. */
export function lookOf(given: {
  camera: Pick<cameras.Camera, "state" | "health">;
  noted: LiveCameraState | undefined;
  seen: Seen | undefined;
  paused: boolean;
  nowMs: number;
}): Look {
  const { camera, noted, seen, paused, nowMs } = given;
  const state = noted ?? camera.state;
  if (state === "none" || state === "off") return { kind: state };
  if (seen !== undefined) {
    if (paused) return { kind: "paused", takenMs: seen.takenMs };
    return nowMs - seen.takenMs < OLD_AFTER_MS
      ? { kind: "live", seen }
      : { kind: "old", takenMs: seen.takenMs, isSilent: state === "silent" };
  }
  const { lastFrameMs } = camera.health;
  if (state === "silent" && lastFrameMs !== undefined) return { kind: "silent", sinceMs: lastFrameMs };
  return { kind: state === "never" && lastFrameMs === undefined ? "never" : "waiting" };
}
