import { cameras } from "@gatehouse/contract";
import { useEffect, useMemo } from "react";
import { isApiError } from "../../../data/api-error.ts";
import { liveHub } from "../../../data/live.ts";
import { call } from "../../../data/query.ts";
import { CameraReel } from "./camera-reel.ts";
import { ChunkStore, type ReadContent } from "./chunk-store.ts";
import { type ReadSegments, SegmentList } from "./segment-list.ts";

export const nowMs = () => liveHub.nowMs();

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

/** One library for as long as the component is there. */
export function useLibrary(): Library {
  const library = useMemo(() => new Library(), []);
  useEffect(() => () => library.close(), [library]);
  return library;
}
