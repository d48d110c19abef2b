import type { UnixMs, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import type { RecordingDatabase } from "../tables.ts";
import { recordedSpans } from "./timeline-store.ts";

export interface AskedSpan {
  readonly cameraId: Uuid;
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
}

/** A second in which nothing came is no gap of a recording. */
const GAP_MS = 2_000;

/** How much of each span is recorded, in their order. */
export const coverage = (
  db: RecordingDatabase,
  tenantId: Uuid,
  spans: readonly AskedSpan[],
): Promise<cameras.CameraEvent["recorded"][]> =>
  Promise.all(
    spans.map(async ({ cameraId, fromMs, toMs }) => {
      const found = await recordedSpans(db, tenantId, [cameraId], { fromMs, toMs, gapMs: GAP_MS });
      const [first] = found;
      if (first === undefined) return "none";
      const isWhole = found.length === 1 && first.fromMs - fromMs < GAP_MS && toMs - first.toMs < GAP_MS;
      return isWhole ? "all" : "part";
    }),
  );
