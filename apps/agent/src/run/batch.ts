import type { OutgoingMessage } from "@gatehouse/device-client";
import { CONTENT_TYPES } from "@gatehouse/secure-channel";
import type { SpoolRecord } from "../spool/record.ts";
import { decodeEntry, type Entry } from "./entry.ts";
import type { TimeKeeper } from "./time-keeper.ts";

/** The oldest records as one message. */
export interface Batch {
  /** All up to this one are in it, or are none that can be sent. */
  readonly lastNumber: number;
  readonly count: number;
  /** Readings; otherwise a line of the log. */
  readonly isReadings: boolean;
  /** Undefined when there is nothing to send in them. */
  readonly message: OutgoingMessage | undefined;
}

interface Placed {
  readonly number: number;
  readonly item: Record<string, unknown>;
  readonly isReading: boolean;
  readonly isLate: boolean;
  /** Something is wrong with the machine or the agent: signed, so that it can be shown to others. */
  readonly isAlarm: boolean;
}

/**
 * As many of the records, from the oldest, as go into one message: readings together in a list, a log line alone; all
 * of them late or none. Late ones are sealed singly: they are judged by their sequence, not by the clock.
 */
export function nextBatch(records: readonly SpoolRecord[], time: TimeKeeper): Batch | undefined {
  const placed: Placed[] = [];
  let lastNumber: number | undefined;
  for (const record of records) {
    const entry = decodeEntry(record.payload);
    if (entry === undefined) {
      lastNumber = record.number;
      continue;
    }
    const next = place(record.number, entry, time);
    const [first] = placed;
    const joins = first === undefined || (first.isReading && next.isReading && first.isLate === next.isLate);
    if (!joins) break;
    placed.push(next);
    lastNumber = record.number;
  }
  if (lastNumber === undefined) return undefined;
  return {
    lastNumber,
    count: placed.length,
    isReadings: placed[0]?.isReading === true,
    message: messageOf(placed, time),
  };
}

function place(number: number, entry: Entry, time: TimeKeeper): Placed {
  const ts = time.placeInTime(entry);
  const isLate = ts === undefined || time.isLate(ts);
  const at = ts === undefined ? {} : { ts };
  if (entry.kind === "reading" && ts !== undefined)
    return { number, isLate, isReading: true, isAlarm: false, item: { ts, values: entry.values } };
  if (entry.kind === "reading") {
    // Nobody knows when this was: as a reading it would be a false one.
    const item = { kind: "event", type: "reading.time_unknown", record: number, values: entry.values };
    return { number, isLate, isReading: false, isAlarm: false, item };
  }
  // The record's number lets a reader tell a line that came twice from one that happened twice.
  const common = { ...entry.data, kind: entry.kind, ...at, record: number };
  const item =
    entry.kind === "log"
      ? { ...common, level: entry.level, message: entry.message }
      : { ...common, type: entry.type };
  return { number, isLate, isReading: false, isAlarm: entry.kind === "log" && entry.level === "error", item };
}

function messageOf(placed: readonly Placed[], time: TimeKeeper): OutgoingMessage | undefined {
  const [first] = placed;
  if (first === undefined) return undefined;
  const body = placed.length === 1 ? first.item : placed.map(({ item }) => item);
  return {
    contentType: CONTENT_TYPES.json,
    payload: Buffer.from(JSON.stringify(body)),
    sentMs: time.isClockSet ? time.serverNowMs() : 0,
    ...(first.isLate || first.isAlarm ? { single: true, storedLate: first.isLate } : {}),
  };
}
