import type { Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { PERSON, type VisitChange } from "@gatehouse/detect";
import type { KeptEvent } from "../model.ts";

/** The event that a visit is. */
export function eventOf(
  of: { readonly id: Uuid; readonly tenantId: Uuid; readonly cameraId: Uuid; readonly model: string },
  { kind, visit }: VisitChange,
): KeptEvent {
  const { model, ...ids } = of;
  const { startMs, lastMs, sureMs, bestMs, zones, labels, mostAtOnce, counted, best, path } = visit;
  return {
    ...ids,
    kind: labels.includes(PERSON) ? "person" : "object",
    startMs,
    seenMs: lastMs,
    endMs: kind === "ended" ? lastMs : undefined,
    strength: visit.areaRatio,
    zones,
    bestMs,
    detection: {
      by: "server",
      model,
      labels: [...labels],
      mostAtOnce,
      counted,
      score: best.score,
      path: path.map(([x, y]) => [rounded(x), rounded(y)]),
      bestBox: roundedBox(best),
      alarmMs: sureMs,
      armed: false,
    },
  };
}

/** Shares of a picture with four digits: a tenth of a pixel of the largest that are looked at. */
const rounded = (share: number): number => Math.round(share * 10_000) / 10_000;

/** Never beyond the right and lower edge. */
export function roundedBox({ x, y, width, height, score, ...rest }: cameras.FoundBox): cameras.FoundBox {
  const [left, top] = [rounded(x), rounded(y)];
  return {
    ...rest,
    score: rounded(score),
    x: left,
    y: top,
    width: Math.min(rounded(width), 1 - left),
    height: Math.min(rounded(height), 1 - top),
  };
}
