import type { alerts } from "@gatehouse/contract";

type Alert = alerts.Alert;

export interface SteadyList {
  readonly rows: readonly Alert[];
  /** Raised since the list was shown; they wait behind a button. */
  readonly waiting: number;
}

/**
 * The rows to show so that the list never jumps under the pointer: `fresh` as the server has it now, without
 * alerts raised after `untilMs`; alerts of `shown` that left the list (resolved) stay with their newest state.
 */
export function steadyList(
  fresh: readonly Alert[],
  shown: ReadonlyMap<string, Alert>,
  untilMs: number,
): SteadyList {
  const inList = new Set(fresh.map(({ id }) => id));
  const rows = fresh.filter(({ raisedMs }) => raisedMs <= untilMs);
  const gone = [...shown.values()].filter(({ id, raisedMs }) => !inList.has(id) && raisedMs <= untilMs);
  return {
    rows: [...rows, ...gone].sort((a, b) => b.raisedMs - a.raisedMs || (a.id < b.id ? 1 : -1)),
    waiting: fresh.length - rows.length,
  };
}
