import type { CameraReel } from "./camera-reel.ts";
import type { Ahead } from "./playhead.ts";

/** What the next step of playing meets, over all cameras that are shown together. */
export class Reels {
  readonly #reelOf: (cameraId: string) => CameraReel;
  /** The gap in which playing stands, and where it goes on: undefined while that is asked for, null: nowhere. */
  #gap: { readonly key: string; readonly toMs: number | null | undefined } | undefined;
  cameraIds: readonly string[] = [];
  skipsGaps = true;
  speed = 1;

  constructor(reelOf: (cameraId: string) => CameraReel) {
    this.#reelOf = reelOf;
  }

  readonly ahead = (atMs: number, isBackwards: boolean): Ahead => {
    const reels = this.cameraIds.map(this.#reelOf);
    for (const reel of reels) reel.readAhead(atMs, isBackwards ? -this.speed : this.speed);
    const shown = reels.map((reel) => reel.peek(atMs));
    if (shown.some((one) => one === undefined)) return { kind: "wait" };
    if (!this.skipsGaps || shown.some((one) => one?.kind !== "gap")) return { kind: "ready" };
    return this.#afterGap(reels, atMs, isBackwards);
  };

  stopReading(): void {
    this.#gap = undefined;
    for (const id of this.cameraIds) this.#reelOf(id).stopReading();
  }

  #afterGap(reels: readonly CameraReel[], atMs: number, isBackwards: boolean): Ahead {
    const key = `${this.cameraIds.join()} ${isBackwards}`;
    if (this.#gap?.key !== key) {
      this.#gap = { key, toMs: undefined };
      const way = isBackwards ? previousOf(reels, atMs) : nextOf(reels, atMs);
      const settle = (toMs: number | undefined) => {
        if (this.#gap?.key === key) this.#gap = { key, toMs: toMs ?? null };
      };
      way.then(settle, () => settle(undefined));
    }
    const { toMs } = this.#gap;
    if (toMs === undefined) return { kind: "wait" };
    this.#gap = undefined;
    return toMs === null ? { kind: "end" } : { kind: "jump", toMs };
  }
}

async function nextOf(reels: readonly CameraReel[], atMs: number): Promise<number | undefined> {
  const starts = await Promise.all(reels.map(({ segments }) => segments.nextStart(atMs)));
  return edgeOf(starts, Math.min);
}

async function previousOf(reels: readonly CameraReel[], atMs: number): Promise<number | undefined> {
  const ends = await Promise.all(reels.map(({ segments }) => segments.previousEnd(atMs)));
  return edgeOf(ends, Math.max);
}

function edgeOf(found: readonly (number | undefined)[], pick: (...values: number[]) => number) {
  const known = found.filter((ms) => ms !== undefined);
  return known.length === 0 ? undefined : pick(...known);
}
