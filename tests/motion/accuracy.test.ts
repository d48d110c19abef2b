import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type EventChange, EventMachine, LUMA_HEIGHT, LUMA_WIDTH, MotionGate } from "@gatehouse/motion";
import { expect, test } from "vitest";
import { lumaOf } from "../../apps/server/src/platform/pictures/index.ts";
import { framesOf } from "../lib/video-frames.ts";

const VIDEO = fileURLToPath(
  new URL("../../../shared/media/one-by-one-person-detection.mp4", import.meta.url),
);
/** Seconds at which somebody is in the picture, give or take one. */
const VISITS = [
  [6, 19],
  [23, 45],
  [50, 69],
  [75, 86],
  [92, 119],
  [124, 136],
] as const;
const FPS = 5;

interface Seen {
  readonly moving: number[];
  readonly events: { startSeconds: number; endSeconds: number }[];
}

/** As the server looks at a camera: JPEG frames, five a second, settings as they come. */
async function watch(file: string): Promise<Seen> {
  const gate = new MotionGate({ sensitivity: 50, zones: [] });
  const machine = new EventMachine({ endAfterMs: 8_000 });
  const moving: number[] = [];
  const changes: EventChange[] = [];
  let number = 0;
  for await (const jpeg of framesOf(file, { fps: FPS })) {
    const look = gate.look(await lumaOf(jpeg, LUMA_WIDTH, LUMA_HEIGHT), (number++ * 1_000) / FPS);
    if (look.moves) moving.push(look.atMs / 1_000);
    changes.push(...machine.take(look));
  }
  const ended = [...changes, ...machine.end()].filter(({ kind }) => kind === "ended");
  return {
    moving,
    events: ended.map(({ event }) => ({
      startSeconds: event.startMs / 1_000,
      endSeconds: event.lastMs / 1_000,
    })),
  };
}

test.skipIf(!existsSync(VIDEO))(
  "six visits are seen, and nothing while nobody is there (skipped when ../shared/media is not beside the checkout)",
  { timeout: 120_000 },
  async () => {
    const { moving, events } = await watch(VIDEO);
    console.log(JSON.stringify({ events, moving: moving.length }));
    for (const [from, to] of VISITS) {
      expect(
        events.some(({ startSeconds, endSeconds }) => startSeconds < to && endSeconds > from),
        `visit ${from}–${to}`,
      ).toBe(true);
      expect(moving.filter((at) => at >= from - 1 && at <= to + 1).length).toBeGreaterThan(2 * FPS);
    }
    const gaps = [0, ...VISITS.map(([, to]) => to)].map((from, i) => [from, VISITS[i]?.[0] ?? 200] as const);
    for (const [from, to] of gaps) {
      const stray = moving.filter((at) => at > from + 1 && at < to - 1);
      expect(stray.length, `between ${from} and ${to}: ${stray}`).toBeLessThanOrEqual(2 * FPS);
    }
  },
);
