import { LIMITS } from "@gatehouse/contract";
import { decodeJson, decodeText } from "./payload.ts";
import type { DeviceLogLine } from "./ports.ts";
import { Refused } from "./refused.ts";
import { isRecord, readTimestamp, type TimeWindow } from "./samples.ts";

const MESSAGE_LENGTH = 4_096;
const LEVELS: ReadonlySet<unknown> = new Set(["debug", "info", "warn", "error"]);

/** The device's answer to a command. */
export interface Answer {
  readonly id: string;
  readonly ok: boolean;
  readonly reason: string | undefined;
}

/** `{"id": "…", "ok": true, "reason"?: "…"}` answers a command; anything else is an event for the device's log. */
export function readEvent(payload: Buffer, window: TimeWindow): Answer | readonly DeviceLogLine[] | Refused {
  const json = decodeJson(payload);
  return json instanceof Refused ? json : readEventValue(json.value, window);
}

export function readEventValue(
  value: unknown,
  window: TimeWindow,
): Answer | readonly DeviceLogLine[] | Refused {
  if (isRecord(value) && typeof value.id === "string" && typeof value.ok === "boolean") {
    const { id, ok, reason } = value;
    return { id, ok, reason: typeof reason === "string" ? reason.slice(0, MESSAGE_LENGTH) : undefined };
  }
  return readLines(value, "event", window);
}

export const readLogValue = (value: unknown, window: TimeWindow): readonly DeviceLogLine[] | Refused =>
  readLines(value, "log", window);

/** A line of text, `{"message", "level"?, "ts"?, …}` or an array of these. */
export function readLog(payload: Buffer, window: TimeWindow): readonly DeviceLogLine[] | Refused {
  const text = decodeText(payload);
  if (text instanceof Refused) return text;
  if (!/^\s*[[{]/.test(text)) return readLines({ message: text }, "log", window);
  const json = decodeJson(payload);
  return json instanceof Refused ? json : readLines(json.value, "log", window);
}

function readLines(value: unknown, kind: "log" | "event", window: TimeWindow): DeviceLogLine[] | Refused {
  const items = Array.isArray(value) ? value : [value];
  if (items.length === 0) return new Refused("message.malformed", "empty list");
  if (items.length > LIMITS.batchReadings) return new Refused("message.too_large", "too many lines");
  const lines: DeviceLogLine[] = [];
  for (const item of items) {
    const line = readLine(item, kind, window);
    if (line instanceof Refused) return line;
    lines.push(line);
  }
  return lines;
}

function readLine(item: unknown, kind: "log" | "event", window: TimeWindow): DeviceLogLine | Refused {
  if (!isRecord(item)) return new Refused("message.malformed", `an ${kind} is a JSON object`);
  const { message = item.event ?? item.type ?? kind, level = "info", ts, ...data } = item;
  if (typeof message !== "string" || message.length > MESSAGE_LENGTH || message.includes("\0"))
    return new Refused("message.malformed", `message is a text of at most ${MESSAGE_LENGTH} characters`);
  if (!LEVELS.has(level)) return new Refused("message.schema", "level");
  const tsMs = ts === undefined ? window.receivedMs : readTimestamp(ts, window);
  if (tsMs instanceof Refused) return tsMs;
  return {
    tsMs,
    kind,
    level: level as DeviceLogLine["level"],
    message,
    ...(Object.keys(data).length === 0 ? {} : { data }),
  };
}
