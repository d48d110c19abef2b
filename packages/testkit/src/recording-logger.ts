import type { Logger } from "@gatehouse/base";

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly event: string;
  readonly fields: object;
}

/** Keeps what was logged, for tests that ask whether something was said. */
export function recordingLogger(
  lines: LogLine[] = [],
  base: object = {},
): Logger & { readonly lines: LogLine[] } {
  const at = (level: LogLine["level"]) => (fields: object, event: string) =>
    void lines.push({ level, event, fields: { ...base, ...fields } });
  return {
    lines,
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => recordingLogger(lines, { ...base, ...fields }),
  };
}
