import type { Logger } from "@gatehouse/base";
import pino from "pino";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Structured log lines on standard error: standard output is for what a person or a script asked for. */
export function createLogger(level: LogLevel): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [
          "password",
          "token",
          "apiKey",
          "secret",
          "authorization",
          "cookie",
          "*.password",
          "*.token",
          "*.apiKey",
          "*.secret",
        ],
        censor: "[secret]",
      },
    },
    pino.destination({ fd: 2, sync: false }),
  );
}
