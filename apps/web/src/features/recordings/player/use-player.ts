import { systemClock, type Timer } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { useEffect, useMemo } from "react";
import { isApiError } from "../../../data/api-error.ts";
import { liveHub } from "../../../data/live.ts";
import { call } from "../../../data/query.ts";
import { CameraReel } from "./camera-reel.ts";
import { ChunkStore, type ReadContent } from "./chunk-store.ts";
import { Playhead } from "./playhead.ts";
import { Reels } from "./reels.ts";
import { type ReadSegments, SegmentList } from "./segment-list.ts";
import { useTicks } from "./use-playhead.ts";

const REST_MS = 250;

const nowMs = () => liveHub.nowMs();

const readContent: ReadContent = async (id, range, signal) => {
  try {
    const reply = (await call(
      cameras.getSegmentContent,
      { params: { id }, range },
      signal,
    )) as unknown as Response;
    return new Uint8Array(await reply.arrayBuffer());
  } catch (error) {
    if (isApiError(error, "segment.damaged")) return "damaged";
    throw error;
  }
};

const readSegments =
  (id: string): ReadSegments =>
  (fromMs, toMs) =>
    call(cameras.listSegments, {
      params: { id },
      query: { fromMs: String(Math.floor(fromMs)), toMs: String(Math.ceil(toMs)) },
    });

/** What recordings of cameras are read with; decrypted pictures are kept in memory alone, and go with the page. */
export class Library {
  readonly #chunks = new ChunkStore(readContent);
  readonly #reels = new Map<string, CameraReel>();

  readonly reelOf = (cameraId: string): CameraReel => {
    const known = this.#reels.get(cameraId);
    if (known !== undefined) return known;
    const reel = new CameraReel(new SegmentList(readSegments(cameraId), nowMs), this.#chunks);
    this.#reels.set(cameraId, reel);
    return reel;
  };

  close(): void {
    for (const reel of this.#reels.values()) reel.stopReading();
    this.#chunks.clear();
  }
}

export interface Player {
  readonly library: Library;
  readonly reels: Reels;
  readonly playhead: Playhead;
}

/** A player that begins at `atMs`, showing these cameras together. */
export function usePlayer(atMs: number, cameraIds: readonly string[]): Player {
  // biome-ignore lint/correctness/useExhaustiveDependencies: it begins there once; afterwards the playhead knows
  const player = useMemo(() => {
    const library = new Library();
    const reels = new Reels(library.reelOf);
    return { library, reels, playhead: new Playhead(atMs, { nowMs, ahead: reels.ahead }) };
  }, []);
  const { library, reels, playhead } = player;
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
  useEffect(() => () => library.close(), [library]);
  useTicks(playhead);
  return player;
}
