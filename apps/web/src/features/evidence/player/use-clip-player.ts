import { useEffect, useMemo, useRef, useState } from "react";
import { useShortcut } from "../../../design/shortcuts.ts";
import { Playhead } from "../../recordings/player/playhead.ts";
import { useTicks } from "../../recordings/player/use-playhead.ts";
import type { CheckedClip } from "../check/model.ts";
import { aheadFrom, type ClipPlayer, clipPlayer } from "./clip-player.ts";
import { ClipReel, type Span } from "./clip-reel.ts";

/**
 * Plays what this browser opened; begins at what shows the event best, standing still. When the clip was checked anew
 * it goes on where it was.
 */
export function useClipPlayer(clip: CheckedClip, { fromMs, toMs }: Span, bestMs: number): ClipPlayer {
  const reel = useMemo(() => new ClipReel(clip, { fromMs, toMs }), [clip, fromMs, toMs]);
  const newest = useRef(reel);
  const [playhead] = useState(() => {
    const made: Playhead = new Playhead(reel.within(bestMs), {
      nowMs: () => Number.POSITIVE_INFINITY,
      ahead: (ms, isBackwards) => aheadFrom(newest.current, made.state.atMs, ms, isBackwards),
    });
    return made;
  });
  /** Where it was put; whoever moved it wants it elsewhere. */
  const putMs = useRef(playhead.state.atMs);
  useEffect(() => {
    newest.current = reel;
    const { atMs, isPlaying } = playhead.state;
    if (isPlaying || atMs !== putMs.current) return;
    playhead.seek(reel.within(bestMs));
    putMs.current = playhead.state.atMs;
  }, [reel, playhead, bestMs]);
  const player = useMemo(() => clipPlayer(reel, playhead), [reel, playhead]);
  useTicks(playhead);
  useShortcut(" ", player.toggle);
  useShortcut("k", () => playhead.pause());
  useShortcut("j", () => player.shuttle(true));
  useShortcut("l", () => player.shuttle(false));
  useShortcut("arrowright", () => player.step(1));
  useShortcut("arrowleft", () => player.step(-1));
  return player;
}
