import {
  AppError,
  type Clock,
  ERRORS,
  type ErrorCode,
  isAppError,
  type Logger,
  type Random,
} from "@gatehouse/base";
import type { DeviceChannel } from "@gatehouse/device-client";
import { parseSealedHeader } from "@gatehouse/secure-channel";
import type { SpoolRecord } from "../spool/record.ts";
import { Spool } from "../spool/spool.ts";
import { decodeRelayEntry, encodeRelayEntry, type RelayEntry, sendEntry } from "./relay-entry.ts";

export interface RelayParts {
  readonly spool: Spool;
  readonly capBytes: number;
  readonly channel: Pick<DeviceChannel, "send" | "pass" | "isConnected">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Unix ms; 0 when no clock is to be believed. */
  readonly sentMs: () => number;
}

export interface QueueState {
  readonly messages: number;
  readonly bytes: number;
  /** Messages that a device or we were told are kept and that the server will never have. */
  readonly dropped: number;
}

/**
 * Envelopes that are passed on at a time: a far server costs one round trip for all of them, and many gateways
 * at once do not take its breath.
 */
const READ_AHEAD_RECORDS = 8;
const READ_AHEAD_BYTES = 256 * 1024;
/**
 * How full the store may be for who says it. Nothing acknowledged is ever pushed out: who is refused is told to wait.
 * What nobody has proven here, as a SEALED for the server that somebody posts, cannot take the room of what is.
 */
const ROOM_RATIO = { own: 1, proven: 0.9, unproven: 0.5 } as const;
export type SaidBy = keyof typeof ROOM_RATIO;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Everything that goes from the site to the server, in one line: on disk before `keep` answers, begun oldest first,
 * gone when the server has it. What the server refuses is refused for good, counted and told.
 */
export class Relay {
  readonly #parts: RelayParts;
  #refused = 0;
  #stopped = false;
  #wake: (() => void) | undefined;
  #hasWork = false;
  #running: Promise<void> | undefined;

  private constructor(parts: RelayParts) {
    this.#parts = parts;
  }

  static async open(folder: string, parts: Omit<RelayParts, "spool">): Promise<Relay> {
    const { capBytes, clock } = parts;
    return new Relay({ ...parts, spool: await Spool.open({ folder, capBytes, flushMs: 0, clock }) });
  }

  get queue(): QueueState {
    const { depth, sizeBytes, droppedCount } = this.#parts.spool.stats;
    return { messages: depth, bytes: sizeBytes, dropped: droppedCount + this.#refused };
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** There is something to send, or somebody to send it to. */
  nudge(): void {
    this.#hasWork = true;
    this.#wake?.();
  }

  /** Resolves when it is on the disk. Refuses `server.busy` when there is no room left for who says it. */
  async keep(entry: RelayEntry, saidBy: SaidBy): Promise<void> {
    const { spool, capBytes } = this.#parts;
    if (spool.stats.sizeBytes > capBytes * ROOM_RATIO[saidBy])
      throw new AppError("server.busy", { reason: "the store is full" });
    await spool.append(encodeRelayEntry(entry));
    this.nudge();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#running;
    await this.#parts.spool.close();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      this.#hasWork = false;
      const outcome = await this.#sendSome();
      if (outcome === "sent") failures = 0;
      else if (outcome === "failed") await this.#sleep(this.#pauseMs(failures++));
      else if (!this.#hasWork) await this.#sleep(undefined);
    }
  }

  async #sendSome(): Promise<"sent" | "failed" | "idle"> {
    const { spool, channel, log } = this.#parts;
    if (!channel.isConnected) return "idle";
    const records = await spool.peek(READ_AHEAD_RECORDS, READ_AHEAD_BYTES);
    if (records.length === 0) return "idle";
    for (const group of groupsOf(records)) {
      if (this.#stopped) break;
      const outcomes = await Promise.allSettled(group.map(({ entry }) => this.#send(entry)));
      const failedAt = outcomes.findIndex(({ status }) => status === "rejected");
      const done = group.at(failedAt === -1 ? -1 : failedAt - 1);
      if (done !== undefined && failedAt !== 0) await spool.acknowledge(done.number);
      if (failedAt === -1) continue;
      const { reason } = outcomes[failedAt] as PromiseRejectedResult;
      log.debug({ code: isAppError(reason) ? reason.code : String(reason) }, "relay.waits");
      return "failed";
    }
    return "sent";
  }

  /** Resolves when the record is done with, one way or the other. */
  async #send(entry: RelayEntry | undefined): Promise<void> {
    if (entry === undefined) return;
    const { channel, sentMs, log } = this.#parts;
    const { result, code } = await sendEntry(entry, channel, sentMs());
    if (result !== "refused") return;
    if (ERRORS[code as ErrorCode]?.retry === true) throw new AppError("server.busy", { reason: code });
    this.#refused++;
    log.warn({ code, kind: entry.kind, refused: this.#refused }, "relay.refused");
  }

  #pauseMs(failures: number): number {
    const ceilingMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 6));
    return ceilingMs * (0.5 + this.#parts.random.ratio() / 2);
  }

  /** Until it is nudged, or for so long. */
  #sleep(forMs: number | undefined): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = forMs === undefined ? undefined : this.#parts.clock.after(forMs, () => this.#wake?.());
      this.#wake = () => {
        this.#wake = undefined;
        timer?.cancel();
        resolve();
      };
    });
  }
}

interface Numbered {
  readonly number: number;
  readonly entry: RelayEntry | undefined;
}

/**
 * What may be under way together: envelopes that are passed on, for each is judged by itself, but for those that bear
 * the same sender and sequence, whose receipts could not be told apart. Whatever we say stands alone, so that no
 * verdict of ours arrives before a reading that was kept before it.
 */
function groupsOf(records: readonly SpoolRecord[]): Numbered[][] {
  const groups: Numbered[][] = [];
  let names: Set<string> | undefined;
  for (const { number, payload } of records) {
    const entry = decodeRelayEntry(payload);
    const name = entry?.kind === "pass" ? nameOf(entry.bytes) : undefined;
    if (name !== undefined && names?.has(name) === false) groups.at(-1)?.push({ number, entry });
    else {
      groups.push([{ number, entry }]);
      names = name === undefined ? undefined : new Set();
    }
    if (name !== undefined) names?.add(name);
  }
  return groups;
}

function nameOf(envelope: Uint8Array): string {
  const { senderKeyId, sequence } = parseSealedHeader(envelope);
  return `${senderKeyId}/${sequence}`;
}
