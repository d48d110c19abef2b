import type { UnixMs, Uuid } from "@gatehouse/base";
import type { access } from "@gatehouse/contract";
import type { OffsiteContext } from "./context.ts";
import { type AskedSpan, countSpans } from "./copying/figures-store.ts";
import { type CopyState, type SpanState, spanState } from "./model.ts";

/** What of recordings is copied elsewhere; of cameras beyond somebody's reach nothing is. */
export async function spanStates(
  { db }: Pick<OffsiteContext, "db">,
  { tenantId }: Pick<access.Scope, "tenantId">,
  spans: readonly AskedSpan[],
  within: ReadonlySet<Uuid>,
): Promise<SpanState[]> {
  const counts = spans.map(() => ({
    states: new Map<CopyState, number>(),
    doneMs: undefined as UnixMs | undefined,
  }));
  for (const { place, state, count, doneMs } of await countSpans(db, tenantId, spans)) {
    const [span, asked] = [counts[place], spans[place]];
    if (span === undefined || asked === undefined || !within.has(asked.cameraId)) continue;
    span.states.set(state, count);
    if (doneMs !== null) span.doneMs = Math.max(span.doneMs ?? 0, doneMs);
  }
  return counts.map(({ states, doneMs }) => spanState(states, doneMs));
}
