import { LIMITS } from "@gatehouse/contract";
import { decode } from "cborg";
import { type Answer, readEventValue, readLogValue } from "./log-lines.ts";
import { decodeJson } from "./payload.ts";
import type { DeviceLogLine } from "./ports.ts";
import { Refused } from "./refused.ts";
import { isRecord, readSample, readSamples, type Sample, type TimeWindow } from "./samples.ts";

/** Content types of docs/channel.md that mean something to this door. */
export const CONTENT = {
  nothing: 0,
  cbor: 1,
  json: 2,
  frame: 3,
  command: 4,
  clip: 6,
  meterReading: 7,
  keys: 8,
  control: 10,
} as const;

export type Said =
  | { readonly kind: "nothing" }
  | { readonly kind: "samples"; readonly samples: readonly (Sample | Refused)[] }
  | { readonly kind: "lines"; readonly lines: readonly DeviceLogLine[] }
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "keys" }
  | { readonly kind: "meter" }
  | { readonly kind: "carried"; readonly readings: readonly (CarriedReading | Refused)[] }
  | { readonly kind: "control"; readonly desk: ControlDesk; readonly value: unknown };

/** Who is asked about a message of content type 10. */
export type ControlDesk = "settings" | "witness" | "camera" | "gateway";

/** What a gateway says that a plain sensor at its site measured. */
export interface CarriedReading {
  readonly deviceId: string;
  readonly sample: Sample;
}

/** Of one message of a gateway. */
const MAX_CARRIED = 100;

/** What an opened message says; the same limits hold as for plain messages. */
export function readOpened(contentType: number, payload: Uint8Array, window: TimeWindow): Said | Refused {
  if (contentType === CONTENT.nothing) return { kind: "nothing" };
  if (contentType === CONTENT.keys) return { kind: "keys" };
  if (contentType === CONTENT.meterReading) return { kind: "meter" };
  const isCbor = contentType === CONTENT.cbor;
  const isJson =
    contentType === CONTENT.json || contentType === CONTENT.command || contentType === CONTENT.control;
  if (!isCbor && !isJson) return new Refused("message.schema", `content type ${contentType}`);
  const decoded = isCbor ? decodeCbor(payload) : decodeJson(Buffer.from(payload));
  if (decoded instanceof Refused) return decoded;
  const { value } = decoded;
  if (contentType === CONTENT.command) {
    const event = readEventValue(value, window);
    if (event instanceof Refused) return event;
    return "ok" in event ? { kind: "answer", answer: event } : new Refused("message.schema", "answer");
  }
  if (contentType === CONTENT.control) return readControl(value, window);
  if (isRecord(value) && (value.kind === "event" || value.kind === "log")) {
    const { kind, lines, ...rest } = value;
    const read =
      kind === "event" ? readEventValue(lines ?? rest, window) : readLogValue(lines ?? rest, window);
    if (read instanceof Refused) return read;
    return "ok" in read ? { kind: "answer", answer: read } : { kind: "lines", lines: read };
  }
  return { kind: "samples", samples: readSamples(value, window) };
}

function readControl(value: unknown, window: TimeWindow): Said | Refused {
  const desk = isRecord(value) ? value.kind : undefined;
  if (desk === "settings" || desk === "witness" || desk === "camera") return { kind: "control", desk, value };
  if (!isRecord(value) || value.kind !== "readings") return { kind: "control", desk: "gateway", value };
  const { items } = value;
  if (!Array.isArray(items)) return new Refused("message.schema", "items");
  if (items.length > MAX_CARRIED)
    return new Refused("message.too_large", `more than ${MAX_CARRIED} readings`);
  const readings = items.map((item): CarriedReading | Refused => {
    if (!isRecord(item) || typeof item.deviceId !== "string" || !isRecord(item.values))
      return new Refused("message.schema", "items");
    const sample = readSample({ ts: item.ts, values: item.values }, window);
    return sample instanceof Refused ? sample : { deviceId: item.deviceId, sample };
  });
  return { kind: "carried", readings };
}

/** Deterministic or not, but only what JSON could say too: RFC 8949 with text keys, no tags, no byte strings. */
function decodeCbor(payload: Uint8Array): { readonly value: unknown } | Refused {
  if (payload.length > LIMITS.payloadBytes)
    return new Refused("message.too_large", `${payload.length} bytes`);
  try {
    const value: unknown = decode(payload, {
      strict: true,
      allowUndefined: false,
      allowNaN: false,
      allowInfinity: false,
      allowBigInt: false,
      rejectDuplicateMapKeys: true,
    });
    return isJsonLike(value, LIMITS.jsonDepth)
      ? { value }
      : new Refused("message.malformed", "not JSON-like CBOR");
  } catch (error) {
    const text = error instanceof Error ? error.message : "";
    if (/NaN|Infinity/.test(text)) return new Refused("message.not_finite");
    return new Refused("message.malformed", "not CBOR");
  }
}

function isJsonLike(value: unknown, depth: number): boolean {
  // The decoder puts U+FFFD where the bytes were not UTF-8.
  if (typeof value === "string") return !/[\0\uFFFD]/.test(value);
  if (value === null || typeof value === "boolean" || typeof value === "number") return true;
  if (depth === 0 || typeof value !== "object" || ArrayBuffer.isView(value)) return false;
  if (Array.isArray(value)) return value.every((item) => isJsonLike(item, depth - 1));
  return Object.entries(value).every(([key, item]) => !key.includes("\0") && isJsonLike(item, depth - 1));
}
