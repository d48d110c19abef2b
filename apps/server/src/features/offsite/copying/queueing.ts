import type { UnixMs } from "@gatehouse/base";
import type { OffsiteContext } from "../context.ts";
import type { SealedSegment } from "../ports.ts";
import type { TargetRecord } from "../targets/target-store.ts";

const DAY_MS = 86_400_000;
const PAGE = 500;

/** Takes into the queue what a target wants and does not have yet, of what ended since. Answers how many that are. */
export async function enqueue(
  { clock, copies, segments }: Pick<OffsiteContext, "clock" | "copies" | "segments">,
  target: TargetRecord,
  sinceMs: UnixMs,
): Promise<number> {
  const { id, tenantId, keepDays, wholeCameras } = target;
  const nowMs = clock.nowMs();
  const keptSinceMs = keepDays === 0 ? 0 : nowMs - keepDays * DAY_MS;
  const wanted = { wholeCameras, sinceMs: Math.max(sinceMs, target.sinceMs, keptSinceMs), limit: PAGE };
  let added = 0;
  for (let before: SealedSegment | undefined; ; ) {
    const page = await segments.list(tenantId, { ...wanted, ...(before === undefined ? {} : { before }) });
    added += await copies.add(id, page, nowMs);
    before = page.at(-1);
    if (page.length < PAGE) return added;
  }
}
