import { AppError, isWithinSpan, localMinute, type UnixMs } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";

type QuietHours = alerts.QuietHours;

/** What becomes of a message now: `deferred` is told at the end of the quiet hours, `muted` is not told. */
export type Hush = "none" | "deferred" | "muted";

export function hushOf(
  quiet: QuietHours | undefined,
  severity: alerts.Severity,
  nowMs: UnixMs,
  organisationZone: string,
): Hush {
  if (quiet === undefined || (severity === "critical" && quiet.passes === "critical")) return "none";
  if (!isQuiet(quiet, nowMs, organisationZone)) return "none";
  return quiet.rest === "summary" ? "deferred" : "muted";
}

/** Whether it is quiet now, whatever the message. */
export function isQuiet(quiet: QuietHours | undefined, nowMs: UnixMs, organisationZone: string): boolean {
  if (quiet === undefined) return false;
  try {
    const now = localMinute(quiet.timeZone ?? organisationZone, nowMs);
    return quiet.spans.some((span) => isWithinSpan(span, now));
  } catch {
    // A zone that this runtime does not know (any more): rather told at night than not at all.
    return false;
  }
}

/** What the schema cannot say; refuses with the code given and the field. */
export function assertQuietHours(
  quiet: QuietHours | undefined,
  code: "channel.invalid" | "push.invalid",
): void {
  if (quiet === undefined) return;
  const refuse = (field: string, detail: string): never => {
    throw new AppError(code, { field, detail });
  };
  if (quiet.spans.some(({ fromMinute, toMinute }) => fromMinute === toMinute))
    refuse("quietHours.spans", "a span begins and ends at the same time");
  try {
    if (quiet.timeZone !== undefined) localMinute(quiet.timeZone, 0);
  } catch {
    refuse("quietHours.timeZone", "this time zone is not known here");
  }
}
