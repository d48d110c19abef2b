import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cameras } from "@gatehouse/contract";
import {
  EventMachine,
  type Look,
  LUMA_HEIGHT,
  LUMA_WIDTH,
  type MotionEvent,
  MotionGate,
} from "@gatehouse/motion";
import { expect, test } from "vitest";
import { lumaOf } from "../../apps/server/src/platform/pictures/index.ts";
import { framesOf } from "../lib/clip-frames.ts";

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

/** As the server looks at a camera: JPEG frames, five a second, settings as they come. */
async function watch(file: string): Promise<Look[]> {
  const gate = new MotionGate(cameras.DEFAULT_CAMERA_SETTINGS.motion);
  const looks: Look[] = [];
  for await (const jpeg of framesOf(file, { fps: FPS }))
    looks.push(gate.look(await lumaOf(jpeg, LUMA_WIDTH, LUMA_HEIGHT), (looks.length * 1_000) / FPS));
  return looks;
}

function eventsOf(looks: readonly Look[], endAfterSeconds: number): MotionEvent[] {
  const machine = new EventMachine({ endAfterMs: endAfterSeconds * 1_000 });
  const changes = [...looks.flatMap((look) => machine.take(look)), ...machine.end()];
  return changes.filter(({ kind }) => kind === "ended").map(({ event }) => event);
}

test.skipIf(!existsSync(VIDEO))(
  "six visits are seen, and nothing while nobody is there (skipped when ../shared/media is not beside the checkout)",
  { timeout: 120_000 },
  async () => {
    const looks = await watch(VIDEO);
    const moving = looks.filter(({ moves }) => moves).map(({ atMs }) => atMs / 1_000);
    const events = eventsOf(looks, cameras.DEFAULT_CAMERA_SETTINGS.motion.endAfterSeconds);
    for (const [from, to] of VISITS) {
      const seen = events.some(({ startMs, lastMs }) => startMs < to * 1_000 && lastMs > from * 1_000);
      expect(seen, `visit ${from}–${to}`).toBe(true);
      expect(moving.filter((at) => at >= from - 1 && at <= to + 1).length).toBeGreaterThan(2 * FPS);
    }
    const gaps = [0, ...VISITS.map(([, to]) => to)].map((from, i) => [from, VISITS[i]?.[0] ?? 200] as const);
    for (const [from, to] of gaps) {
      const stray = moving.filter((at) => at > from + 1 && at < to - 1);
      expect(stray.length, `between ${from} and ${to}: ${stray}`).toBeLessThanOrEqual(2 * FPS);
    }
    // The visits are four to six seconds apart: whoever wants six events lets them end sooner.
    expect(eventsOf(looks, 2)).toHaveLength(VISITS.length);
  },
);
