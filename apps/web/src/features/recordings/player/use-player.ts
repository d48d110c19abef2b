import { systemClock, type Timer } from "@gatehouse/base";
import { useEffect, useMemo } from "react";
import { type Library, nowMs, useLibrary } from "./library.ts";
import { Playhead } from "./playhead.ts";
import { Reels } from "./reels.ts";
import { useTicks } from "./use-playhead.ts";

const REST_MS = 250;

export interface Player {
  readonly library: Library;
  readonly reels: Reels;
  readonly playhead: Playhead;
}

/** A player that begins at `atMs`, showing these cameras together. */
export function usePlayer(atMs: number, cameraIds: readonly string[]): Player {
  const library = useLibrary();
  // biome-ignore lint/correctness/useExhaustiveDependencies: it begins there once; afterwards the playhead knows
  const player = useMemo(() => {
    const reels = new Reels(library.reelOf);
    return { library, reels, playhead: new Playhead(atMs, { nowMs, ahead: reels.ahead }) };
  }, []);
  const { reels, playhead } = player;
  useEffect(() => {
    reels.stopReading();
    reels.cameraIds = cameraIds;
  }, [reels, cameraIds]);
  useEffect(() => {
    let { jumps } = playhead.state;
    let rest: Timer | undefined;
    const readOn = () => reels.ahead(playhead.state.atMs, playhead.state.isBackwards);
    const unsubscribe = playhead.subscribe(() => {
      const { state } = playhead;
      reels.speed = state.speed;
      if (state.jumps === jumps) return;
      jumps = state.jumps;
      reels.stopReading();
      rest?.cancel();
      // Whoever stays there looks at what comes next.
      rest = systemClock.after(REST_MS, readOn);
    });
    return () => {
      rest?.cancel();
      unsubscribe();
    };
  }, [playhead, reels]);
  useTicks(playhead);
  return player;
}
