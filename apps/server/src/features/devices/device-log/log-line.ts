import type { UnixMs, Uuid } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";

export type LogKind = "log" | "event" | "connect" | "disconnect" | "refusal" | "command" | "credential";
export type LogLevel = "debug" | "info" | "warn" | "error";

export interface LogLine {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly kind: LogKind;
  readonly level: LogLevel;
  readonly message: string;
  /** What a line of our own says, with what it names in `data`; `message` is then the same in English. */
  readonly code?: devices.LogCode;
  readonly data?: unknown;
  /** The device's own time when it sent one. */
  readonly tsMs?: UnixMs | undefined;
}

/** A line as a device sends it, already parsed as JSON and otherwise unchecked. */
export interface SentLine {
  readonly tsMs?: UnixMs | undefined;
  readonly level?: LogLevel | undefined;
  readonly kind?: "log" | "event";
  readonly message: string;
  readonly data?: unknown;
}

export const MAX_MESSAGE_LENGTH = 4_096;
const MAX_DATA_LENGTH = 8_192;
const LEVELS: ReadonlySet<unknown> = new Set<LogLevel>(["debug", "info", "warn", "error"]);
/** 2200-01-01. */
const MAX_TS_MS = 7_258_118_400_000;

/** Whether a line can be stored and shown exactly as it was sent. */
export function isStorable({ message, tsMs, level, data }: SentLine): boolean {
  if (typeof message !== "string" || message.length > MAX_MESSAGE_LENGTH) return false;
  // PostgreSQL's text has no U+0000, and half a surrogate pair is not Unicode.
  if (message.includes("\0") || !message.isWellFormed()) return false;
  if (level !== undefined && !LEVELS.has(level)) return false;
  if (tsMs !== undefined && !(Number.isInteger(tsMs) && tsMs >= 0 && tsMs <= MAX_TS_MS)) return false;
  return data === undefined || JSON.stringify(data).length <= MAX_DATA_LENGTH;
}

/** Text from outside for a field where being readable matters more than being exact. */
export const storableText = (text: string, maxLength: number): string =>
  text.slice(0, maxLength).replaceAll("\0", "\u{fffd}").toWellFormed();
