import { type FileHandle, mkdir } from "node:fs/promises";
import { AppError, type Clock, type Timer } from "@gatehouse/base";
import { type Head, readHead, writeHead } from "./head.ts";
import { encodeRecord, MAX_PAYLOAD_BYTES, type SpoolRecord } from "./record.ts";
import {
  createSegment,
  listSegments,
  openTail,
  readSegment,
  removeSegment,
  type Segment,
} from "./segment.ts";

export interface SpoolSettings {
  /** An existing folder of its own that only this user can enter, or one that can be made. */
  readonly folder: string;
  /** All segments together never exceed this; the oldest segment goes first. At least 256 KiB. */
  readonly capBytes: number;
  /** 0: a record is on the disk before `append` answers. Otherwise flushed at most this much later. */
  readonly flushMs: number;
  readonly clock: Clock;
}

export interface SpoolStats {
  /** Records that wait for their acknowledgement. */
  readonly depth: number;
  readonly sizeBytes: number;
  /** Records given up because the store was full, over its whole life. */
  readonly droppedCount: number;
  /** Bytes that could not be read back, over its whole life. */
  readonly damagedBytes: number;
}

interface Waiting {
  readonly payload: Uint8Array;
  resolve(number: number): void;
  reject(error: unknown): void;
}

const HEAD_EVERY_MS = 5_000;
const APPENDS_TOGETHER = 256;
/** Appends that may wait for a slow disk; beyond, the newest is refused. */
const MAX_WAITING = 4_096;

/**
 * Records on disk until somebody acknowledged them: first in, first out, at least once. Whatever `append` answered
 * survives the process being killed at any instant, and with `flushMs` 0 also the loss of power.
 * One process at a time may have a folder open.
 */
export class Spool {
  readonly #settings: SpoolSettings;
  readonly #segmentBytes: number;
  readonly #segments: Segment[];
  readonly #waiting: Waiting[] = [];
  readonly #timers: Timer[] = [];
  #tailFile: FileHandle | undefined;
  #head: Head;
  #headSaved: Head;
  #headSavedMs = -HEAD_EVERY_MS;
  #nextNumber: number;
  /** Unacknowledged records of the oldest segments, as far as they were read. */
  #ahead: { readonly records: SpoolRecord[]; segment: Segment } | undefined;
  #depth: number;
  #writing = false;
  #unflushed = false;
  /** Set after a failed write: nobody knows what that file holds beyond what was answered, so it gets no more. */
  #tailAbandoned = false;
  /** The end of the last operation on the files: they run one after another. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(settings: SpoolSettings, segments: Segment[], head: Head, depth: number) {
    this.#settings = settings;
    this.#segmentBytes = Math.min(1024 * 1024, Math.max(64 * 1024, Math.floor(settings.capBytes / 16)));
    this.#segments = segments;
    this.#head = head;
    this.#headSaved = head;
    this.#depth = depth;
    this.#nextNumber = Math.max(segments.at(-1)?.lastNumber ?? 0, head.ackedNumber) + 1;
    this.#timers.push(settings.clock.every(HEAD_EVERY_MS, () => this.#quietly(() => this.#saveHead())));
    if (settings.flushMs > 0)
      this.#timers.push(settings.clock.every(settings.flushMs, () => this.#quietly(() => this.#flush())));
  }

  static async open(settings: SpoolSettings): Promise<Spool> {
    await mkdir(settings.folder, { recursive: true, mode: 0o700 });
    const { segments, damagedBytes } = await listSegments(settings.folder);
    const stored = await readHead(settings.folder);
    const head = { ...stored, damagedBytes: stored.damagedBytes + damagedBytes };
    let depth = 0;
    for (const segment of segments) depth += await unacknowledged(segment, head.ackedNumber);
    const spool = new Spool(settings, segments, head, depth);
    await spool.#removeEmptied();
    return spool;
  }

  get stats(): SpoolStats {
    return {
      depth: this.#depth,
      sizeBytes: this.#segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      droppedCount: this.#head.droppedCount,
      damagedBytes: this.#head.damagedBytes,
    };
  }

  /** Answers the record's number once it is written (and, with `flushMs` 0, flushed). */
  append(payload: Uint8Array): Promise<number> {
    if (payload.length > MAX_PAYLOAD_BYTES)
      return Promise.reject(new AppError("message.too_large", { sizeBytes: payload.length }));
    if (this.#waiting.length >= MAX_WAITING) return Promise.reject(new AppError("server.busy"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ payload, resolve, reject });
      if (!this.#writing) void this.#writeAll();
    });
  }

  /** The oldest records that are not acknowledged, up to both limits but at least one. Does not remove them. */
  async peek(maxCount: number, maxBytes: number): Promise<readonly SpoolRecord[]> {
    const records = await this.#inTurn(() => this.#readAhead());
    const chosen: SpoolRecord[] = [];
    let sizeBytes = 0;
    for (const record of records) {
      sizeBytes += record.payload.length;
      if (chosen.length === maxCount || (chosen.length > 0 && sizeBytes > maxBytes)) break;
      chosen.push(record);
    }
    return chosen;
  }

  /** Removes every record up to `number`. */
  acknowledge(number: number): Promise<void> {
    return this.#inTurn(async () => {
      for (let records = await this.#readAhead(); (records[0]?.number ?? Infinity) <= number; ) {
        const sent = records.findIndex((record) => record.number > number);
        this.#depth -= records.splice(0, sent === -1 ? records.length : sent).length;
        this.#head = { ...this.#head, ackedNumber: Math.max(this.#head.ackedNumber, number) };
        records = await this.#readAhead();
      }
      await this.#removeEmptied();
      const sinceMs = this.#settings.clock.monotonicMs() - this.#headSavedMs;
      if (sinceMs >= HEAD_EVERY_MS) await this.#saveHead();
    });
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    await this.#inTurn(async () => {
      await this.#flush();
      await this.#saveHead();
      await this.#closeTail();
    });
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(run);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  /** What a timer does: the same is tried again, and appends say when the disk fails. */
  #quietly(run: () => Promise<void>): void {
    this.#inTurn(run).catch(() => {});
  }

  async #writeAll(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, APPENDS_TOGETHER);
      try {
        const numbers = await this.#inTurn(() => this.#writeGroup(group.map(({ payload }) => payload)));
        group.forEach((entry, i) => void entry.resolve(numbers[i] as number));
      } catch (error) {
        for (const entry of group) entry.reject(error);
      }
    }
    this.#writing = false;
  }

  /** One write for all of them. A disk that refuses gets a second try in a new file, with the oldest segment gone. */
  async #writeGroup(payloads: readonly Uint8Array[]): Promise<number[]> {
    const records = payloads.map((payload, i) => ({ number: this.#nextNumber + i, payload }));
    const bytes = Buffer.concat(records.map(encodeRecord));
    try {
      await this.#write(bytes, records);
    } catch (error) {
      await this.#abandonTail();
      const roomMade = await this.#dropOldest();
      if (!roomMade && (error as NodeJS.ErrnoException).code === "ENOSPC") throw error;
      await this.#write(bytes, records);
    }
    return records.map(({ number }) => number);
  }

  async #write(bytes: Buffer, records: readonly SpoolRecord[]): Promise<void> {
    const tail = await this.#roomFor(bytes.length);
    const file = this.#tailFile as FileHandle;
    await file.write(bytes, 0, bytes.length, tail.sizeBytes);
    if (this.#settings.flushMs === 0) await file.datasync();
    else this.#unflushed = true;
    tail.sizeBytes += bytes.length;
    tail.count += records.length;
    tail.lastNumber = (records.at(-1) as SpoolRecord).number;
    this.#nextNumber = tail.lastNumber + 1;
    this.#depth += records.length;
    if (this.#ahead?.segment === tail) this.#ahead.records.push(...records);
  }

  /** The segment to append to, after making room below the cap. */
  async #roomFor(sizeBytes: number): Promise<Segment> {
    while (this.stats.sizeBytes + sizeBytes > this.#settings.capBytes && (await this.#dropOldest()));
    const last = this.#segments.at(-1);
    if (last !== undefined && !this.#tailAbandoned && last.sizeBytes + sizeBytes <= this.#segmentBytes) {
      this.#tailFile ??= await openTail(last);
      return last;
    }
    await this.#flush();
    await this.#closeTail();
    if (last?.count === 0) this.#segments.pop();
    const { segment, file } = await createSegment(this.#settings.folder, this.#nextNumber);
    this.#tailFile = file;
    this.#tailAbandoned = false;
    this.#segments.push(segment);
    return segment;
  }

  async #closeTail(): Promise<void> {
    await this.#tailFile?.close();
    this.#tailFile = undefined;
  }

  async #abandonTail(): Promise<void> {
    const file = this.#tailFile;
    this.#tailFile = undefined;
    this.#tailAbandoned = true;
    const tail = this.#segments.at(-1);
    await file?.truncate(tail?.sizeBytes ?? 0).catch(() => {});
    await file?.close().catch(() => {});
  }

  /** False when there is nothing to give up but the segment being written. */
  async #dropOldest(): Promise<boolean> {
    const [oldest] = this.#segments;
    if (oldest === undefined || this.#segments.length < 2) return false;
    const lost = await unacknowledged(oldest, this.#head.ackedNumber);
    this.#segments.shift();
    if (this.#ahead?.segment === oldest) this.#ahead = undefined;
    this.#depth -= lost;
    this.#head = {
      ...this.#head,
      ackedNumber: Math.max(this.#head.ackedNumber, oldest.lastNumber),
      droppedCount: this.#head.droppedCount + lost,
    };
    await removeSegment(oldest);
    await this.#saveHead().catch(() => {});
    return true;
  }

  /** Segments with nothing left to send go, but for the last: its name keeps the numbers rising. */
  async #removeEmptied(): Promise<void> {
    let removed = false;
    while (this.#segments.length > 1) {
      const oldest = this.#segments[0] as Segment;
      if (oldest.lastNumber > this.#head.ackedNumber) break;
      this.#segments.shift();
      if (this.#ahead?.segment === oldest) this.#ahead = undefined;
      await removeSegment(oldest);
      removed = true;
    }
    if (removed) await this.#saveHead();
  }

  async #readAhead(): Promise<SpoolRecord[]> {
    if (this.#ahead !== undefined && this.#ahead.records.length > 0) return this.#ahead.records;
    for (const segment of this.#segments) {
      if (segment.lastNumber <= this.#head.ackedNumber) continue;
      const { records } = await readSegment(segment.path, this.#head.ackedNumber);
      const promised = records.filter(({ number }) => number <= segment.lastNumber);
      this.#ahead = { segment, records: promised };
      if (promised.length > 0) return promised;
    }
    return [];
  }

  async #flush(): Promise<void> {
    if (!this.#unflushed || this.#tailFile === undefined) return;
    this.#unflushed = false;
    await this.#tailFile.datasync();
  }

  async #saveHead(): Promise<void> {
    if (this.#head === this.#headSaved) return;
    const head = this.#head;
    await writeHead(this.#settings.folder, head);
    this.#headSaved = head;
    this.#headSavedMs = this.#settings.clock.monotonicMs();
  }
}

async function unacknowledged(segment: Segment, ackedNumber: number): Promise<number> {
  if (segment.lastNumber <= ackedNumber) return 0;
  if (segment.firstNumber > ackedNumber) return segment.count;
  return (await readSegment(segment.path, ackedNumber)).records.length;
}
