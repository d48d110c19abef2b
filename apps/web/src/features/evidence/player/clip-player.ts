import type { Ahead, Playhead } from "../../recordings/player/playhead.ts";
import type { ClipReel } from "./clip-reel.ts";

const LEAP_MS = 5_000;

export interface ClipPlayer {
  readonly reel: ClipReel;
  readonly playhead: Playhead;
  readonly toggle: () => void;
  /** J and L. */
  readonly shuttle: (isBackwards: boolean) => void;
  /** One picture; while playing, five seconds. */
  readonly step: (by: 1 | -1) => void;
  readonly seek: (atMs: number) => void;
}

/** Plays a clip within its span. Where nothing follows, playing begins at the other end. */
export function clipPlayer(reel: ClipReel, playhead: Playhead): ClipPlayer {
  const { fromMs, toMs } = reel.span;
  const seek = (ms: number): void => playhead.seek(reel.within(ms));
  const turnAtEnd = (isBackwards: boolean): void => {
    const { atMs, isPlaying } = playhead.state;
    if (!isPlaying && !isMoreLeft(reel, atMs, isBackwards)) seek(isBackwards ? toMs : fromMs);
  };
  return {
    ...{ reel, playhead, seek },
    toggle() {
      turnAtEnd(false);
      playhead.toggle();
    },
    shuttle(isBackwards) {
      turnAtEnd(isBackwards);
      playhead.shuttle(isBackwards);
    },
    step(by) {
      const { atMs, isPlaying } = playhead.state;
      seek(isPlaying ? atMs + by * LEAP_MS : (reel.step(atMs, by) ?? atMs));
    },
  };
}

/** What playing on from an instant meets: it stops at the very last picture, however fast it was. */
export function aheadFrom(reel: ClipReel, atMs: number, toMs: number, isBackwards: boolean): Ahead {
  const ahead = reel.ahead(toMs, isBackwards);
  const edgeMs = reel.edge(isBackwards);
  if (ahead.kind !== "end" || edgeMs === undefined || !isMoreLeft(reel, atMs, isBackwards)) return ahead;
  return { kind: "jump", toMs: edgeMs };
}

function isMoreLeft(reel: ClipReel, atMs: number, isBackwards: boolean): boolean {
  const edgeMs = reel.edge(isBackwards);
  return edgeMs !== undefined && (isBackwards ? edgeMs < atMs : edgeMs > atMs);
}
