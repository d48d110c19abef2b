import { cameras } from "@gatehouse/contract";
import { call } from "../../../data/query.ts";

const HOUR_MS = 3_600_000;
/** An event is looked for in longer and longer spans, so that a near one is found fast. */
const REACHES_MS = [HOUR_MS, 12 * HOUR_MS, 7 * 24 * HOUR_MS, 31 * 24 * HOUR_MS] as const;
const MOST = "200";
/** Whoever stands at an event's start means the one before. */
const SLACK_MS = 1_500;

type Find = (cameraId: string, signal: AbortSignal) => Promise<number | undefined>;

/** When the next event of any of these cameras begins, within 31 days. */
export const nextEvent = (cameraIds: readonly string[], atMs: number, signal: AbortSignal) =>
  nearest(cameraIds, signal, Math.min, async (camera, stop) => {
    for (const reachMs of REACHES_MS) {
      const starts = await startsIn(camera, atMs + 1, atMs + reachMs, MOST, stop);
      const later = starts.filter((startMs) => startMs > atMs);
      if (later.length > 0) return Math.min(...later);
    }
    return undefined;
  });

export const previousEvent = (cameraIds: readonly string[], atMs: number, signal: AbortSignal) =>
  nearest(cameraIds, signal, Math.max, async (camera, stop) => {
    const starts = await startsIn(camera, 0, atMs - SLACK_MS, "5", stop);
    return starts.find((startMs) => startMs < atMs - SLACK_MS);
  });

async function startsIn(camera: string, fromMs: number, toMs: number, limit: string, signal: AbortSignal) {
  const query = {
    camera,
    fromMs: String(Math.max(0, Math.floor(fromMs))),
    toMs: String(Math.max(1, Math.floor(toMs))),
    limit,
  };
  const { items } = await call(cameras.listCameraEvents, { query }, signal);
  return items.map(({ startMs }) => startMs);
}

async function nearest(
  cameraIds: readonly string[],
  signal: AbortSignal,
  pick: (...times: number[]) => number,
  find: Find,
): Promise<number | undefined> {
  const found = await Promise.all(cameraIds.map((id) => find(id, signal)));
  const known = found.filter((ms) => ms !== undefined);
  return known.length === 0 ? undefined : pick(...known);
}
