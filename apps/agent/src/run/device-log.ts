import type { Logger } from "@gatehouse/base";
import type { RemoteSettings } from "../config/schema.ts";
import type { Spool } from "../spool/spool.ts";
import { type Entry, encodeEntry } from "./entry.ts";
import type { TimeKeeper } from "./time-keeper.ts";

type Level = "debug" | "info" | "warn" | "error";
type SendLevel = RemoteSettings["log"]["sendLevel"];

const LEVELS: readonly Level[] = ["debug", "info", "warn", "error"];
const LINES_PER_MINUTE = 30;
const MINUTE_MS = 60_000;
const MAX_MESSAGE_LENGTH = 200;
const MAX_DATA_LENGTH = 4_096;

/**
 * Own log lines and events on their way to the server's log of this device: through the same store as the readings,
 * so they survive as these do; bounded, so that they never push readings out. What is too much is counted in the
 * next line.
 */
export class DeviceLog {
  readonly #spool: Pick<Spool, "append">;
  readonly #time: TimeKeeper;
  #sendLevel: SendLevel;
  #windowStartMs = 0;
  #linesInWindow = 0;
  #left = 0;

  constructor(spool: Pick<Spool, "append">, time: TimeKeeper, sendLevel: SendLevel) {
    this.#spool = spool;
    this.#time = time;
    this.#sendLevel = sendLevel;
  }

  setLevel(sendLevel: SendLevel): void {
    this.#sendLevel = sendLevel;
  }

  line(level: Level, message: string, data: object): void {
    if (this.#sendLevel === "none" || LEVELS.indexOf(level) < LEVELS.indexOf(this.#sendLevel)) return;
    this.#store({ kind: "log", level, message: message.slice(0, MAX_MESSAGE_LENGTH), data: bounded(data) });
  }

  /** Something the server is to know whatever the level. */
  event(type: string, data: object): void {
    this.#store({ kind: "event", type, data: bounded(data) });
  }

  #store(
    what:
      | { kind: "log"; level: Level; message: string; data: Data }
      | { kind: "event"; type: string; data: Data },
  ) {
    const now = this.#time.now();
    if (now.uptimeMs - this.#windowStartMs >= MINUTE_MS) {
      this.#windowStartMs = now.uptimeMs;
      this.#linesInWindow = 0;
    }
    if (++this.#linesInWindow > LINES_PER_MINUTE) {
      this.#left++;
      return;
    }
    const left = this.#left;
    this.#left = 0;
    const data = left === 0 ? what.data : { ...what.data, linesLeftOut: left };
    const entry: Entry = { ...now, ...what, data };
    // A full disk is told by the readings that cannot be kept; a line about it would not fit either.
    this.#spool.append(encodeEntry(entry)).catch(() => {
      this.#left++;
    });
  }
}

type Data = Record<string, unknown>;

function bounded(data: object): Data {
  const text = JSON.stringify(data, (_, value) => (value instanceof Error ? value.message : value));
  return text.length <= MAX_DATA_LENGTH
    ? JSON.parse(text)
    : { shortened: text.slice(0, MAX_DATA_LENGTH / 2) };
}

/** Says everything to `own` and hands it to the device's log too, which takes what its level lets through. */
export function teeLogger(own: Logger, deviceLog: DeviceLog): Logger {
  const at = (level: Level) => (fields: object, event: string) => {
    own[level](fields, event);
    deviceLog.line(level, event, fields);
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => teeLogger(own.child(fields), deviceLog),
  };
}
