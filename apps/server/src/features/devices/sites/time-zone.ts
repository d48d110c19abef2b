import { AppError } from "@gatehouse/base";

/** The zone under its usual name ("europe/paris" → "Europe/Paris"). Refuses offsets: they know no summer time. */
export function parseTimeZone(text: string): string {
  try {
    if (!/^[A-Za-z]/.test(text)) throw new RangeError("an offset is not a zone");
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AppError("request.invalid", { field: "timeZone" }, { cause: error });
  }
}
