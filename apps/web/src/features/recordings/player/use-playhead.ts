import { useEffect, useSyncExternalStore } from "react";
import type { Playhead, PlayheadState } from "./playhead.ts";

/** One part of the playhead's state; the component renders when that part changes. */
export function usePlayhead<T extends string | number | boolean>(
  playhead: Playhead,
  pick: (state: PlayheadState) => T,
): T {
  return useSyncExternalStore(playhead.subscribe, () => pick(playhead.state));
}

/** Moves the playhead with the browser's frames while it plays. */
export function useTicks(playhead: Playhead): void {
  const isPlaying = usePlayhead(playhead, (state) => state.isPlaying);
  useEffect(() => {
    if (!isPlaying) return;
    let lastMs: number | undefined;
    let handle = requestAnimationFrame(function tick(atMs) {
      playhead.tick(atMs - (lastMs ?? atMs));
      lastMs = atMs;
      handle = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(handle);
  }, [playhead, isPlaying]);
}
