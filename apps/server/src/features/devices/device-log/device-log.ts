import { AppError, type Clock, type Logger, type Timer } from "@gatehouse/base";
import type { Bus, devices } from "@gatehouse/contract";
import { isForeignKeyViolation } from "../../../platform/database/index.ts";
import type { DeviceDirectory } from "../directory/directory.ts";
import type { DevicesDatabase } from "../tables.ts";
import { type LogLine, MAX_MESSAGE_LENGTH, storableText } from "./log-line.ts";
import { insertLogLines, type ReceivedLine } from "./log-store.ts";

const LINES_PER_STATEMENT = 1_000;
const MAX_WAITING_LINES = 20_000;
const WRITE_WITHIN_MS = 500;

/** Something of another feature that must be committed with the lines, or not at all. */
export type Alongside = (tx: DevicesDatabase) => Promise<void>;

/** Lines that are written together, and whom to tell. */
interface Batch {
  readonly lines: readonly ReceivedLine[];
  readonly alongside?: Alongside | undefined;
  readonly done?: (error?: unknown) => void;
}

export interface DeviceLogDeps {
  readonly db: DevicesDatabase;
  readonly clock: Clock;
  readonly bus: Bus;
  readonly log: Logger;
  readonly directory: DeviceDirectory;
}

/**
 * What happened to a device, line by line. `note` is for our own remarks: written within half a second, and given
 * up when the queue is full. `write` is for lines whose sender is promised that they are kept: it resolves after
 * the commit. Both share a queue, so what waits while one statement runs is written by the next one. Every line is
 * published (`device.log`) after its commit.
 */
export class DeviceLog {
  readonly #deps: DeviceLogDeps;
  #queue: Batch[] = [];
  #waitingLines = 0;
  #timer: Timer | undefined;
  #draining: Promise<void> | undefined;

  constructor(deps: DeviceLogDeps) {
    this.#deps = deps;
  }

  note(line: LogLine): void {
    const message = storableText(line.message, MAX_MESSAGE_LENGTH);
    if (!this.#push({ lines: [this.#received({ ...line, message })] })) {
      this.#deps.log.warn({ deviceId: line.deviceId, kind: line.kind }, "devices.log_line_dropped");
      return;
    }
    this.#timer ??= this.#deps.clock.after(WRITE_WITHIN_MS, () => this.#drain());
  }

  write(lines: readonly LogLine[], alongside?: Alongside): Promise<void> {
    return new Promise((resolve, reject) => {
      const batch: Batch = {
        lines: lines.map((line) => this.#received(line)),
        alongside,
        done: (error) => (error === undefined ? resolve() : reject(error)),
      };
      if (this.#push(batch)) this.#drain();
      else reject(new AppError("server.busy"));
    });
  }

  /** Writes everything that waits now. */
  async flush(): Promise<void> {
    this.#drain();
    await this.#draining;
  }

  #received(line: LogLine): ReceivedLine {
    return { ...line, receivedMs: this.#deps.clock.nowMs() };
  }

  #push(batch: Batch): boolean {
    if (this.#waitingLines + batch.lines.length > MAX_WAITING_LINES) return false;
    this.#queue.push(batch);
    this.#waitingLines += batch.lines.length;
    return true;
  }

  #drain(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#queue.length > 0) this.#draining ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        const batches = this.#takeBatches();
        try {
          await this.#writeBatches(batches);
        } catch (error) {
          this.#deps.log.warn({ err: error }, "devices.log_write_failed");
          this.#giveBack(batches, error);
          return;
        }
      }
    } finally {
      // In the turn of the last look at the queue: what comes a moment later begins anew.
      this.#draining = undefined;
    }
  }

  #takeBatches(): Batch[] {
    let count = 0;
    let end = 0;
    do count += this.#queue[end++]?.lines.length ?? 0;
    while (end < this.#queue.length && count + (this.#queue[end]?.lines.length ?? 0) <= LINES_PER_STATEMENT);
    this.#waitingLines -= count;
    return this.#queue.splice(0, end);
  }

  async #writeBatches(batches: readonly Batch[]): Promise<void> {
    const { db, directory, bus } = this.#deps;
    const known = (): ReceivedLine[] =>
      batches.flatMap(({ lines }) => lines.filter((line) => directory.find(line.deviceId) !== undefined));
    let lines = known();
    const extras = batches.flatMap(({ alongside }) => alongside ?? []);
    const insert = (): Promise<number[]> =>
      extras.length === 0 ? insertLogLines(db, lines) : insertWith(db, lines, extras);
    const ids = await insert().catch((error: unknown) => {
      // A device was deleted between the look into the directory and the commit: reading again shows it.
      if (!isForeignKeyViolation(error, "device_log_device_known")) throw error;
      lines = known();
      return insert();
    });
    for (const { done } of batches) done?.();
    lines.forEach((line, place) => {
      const { tenantId, deviceId } = line;
      bus.publish("device.log", { tenantId, deviceId, entry: toEntry(line, ids[place] as number) });
    });
  }

  /** Who was promised something is told that it failed; our own remarks wait for the next time. */
  #giveBack(batches: readonly Batch[], error: unknown): void {
    const all = [...batches, ...this.#queue];
    for (const { done } of all) done?.(error);
    this.#queue = all.filter(({ done }) => done === undefined);
    this.#waitingLines = this.#queue.reduce((sum, { lines }) => sum + lines.length, 0);
    if (this.#queue.length > 0)
      this.#timer ??= this.#deps.clock.after(2 * WRITE_WITHIN_MS, () => this.#drain());
  }
}

const insertWith = (
  db: DevicesDatabase,
  lines: readonly ReceivedLine[],
  extras: readonly Alongside[],
): Promise<number[]> =>
  db.transaction().execute(async (tx) => {
    for (const alongside of extras) await alongside(tx);
    return lines.length === 0 ? [] : insertLogLines(tx, lines);
  });

function toEntry(line: ReceivedLine, id: number): devices.DeviceLogEntry {
  return {
    id: String(id),
    tsMs: line.tsMs ?? line.receivedMs,
    kind: line.kind,
    level: line.level,
    message: line.message,
    ...(line.code === undefined ? {} : { code: line.code }),
    ...(line.data === undefined ? {} : { data: line.data }),
  };
}
