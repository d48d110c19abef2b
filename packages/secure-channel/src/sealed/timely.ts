import type { UnixMs } from "@gatehouse/base";
import type { SealedHeader } from "./header.ts";

/** How far the clock of a sender may differ, either way. */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;

/**
 * Whether a message may still count, by its own time. A live message of a sender with a clock is at most five minutes
 * off; one that was stored and sent late at most `storedLimitMs` old (the tenant's limit of days). A sender without a
 * clock (0) is judged by its sequence alone. Freshness never rests on time alone: the sequence decides in any case.
 */
export function isTimely(
  header: Pick<SealedHeader, "sentMs" | "storedLate">,
  nowMs: UnixMs,
  storedLimitMs: number,
): boolean {
  if (header.sentMs === 0) return true;
  const ageMs = nowMs - header.sentMs;
  const oldestMs = header.storedLate ? storedLimitMs : CLOCK_TOLERANCE_MS;
  return ageMs >= -CLOCK_TOLERANCE_MS && ageMs <= oldestMs;
}
