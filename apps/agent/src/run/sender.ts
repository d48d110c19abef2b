import { type Clock, ERRORS, type ErrorCode, isAppError, type Logger, type Random } from "@gatehouse/base";
import type { DeviceChannel, Receipt } from "@gatehouse/device-client";
import type { Spool } from "../spool/spool.ts";
import { type Batch, nextBatch } from "./batch.ts";
import type { TimeKeeper } from "./time-keeper.ts";

export interface SenderParts {
  readonly spool: Spool;
  readonly channel: Pick<DeviceChannel, "send" | "isConnected">;
  readonly time: TimeKeeper;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

const BATCH_RECORDS = 200;
/** Below the server's limit of 64 KiB for a payload, with room for what the list adds. */
const BATCH_BYTES = 24 * 1024;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Empties the store, oldest first and one message at a time; a record leaves it when the server has it for good. What the
 * server will never take is given up, counted and said; anything else is tried again.
 */
export class Sender {
  readonly #parts: SenderParts;
  #stopped = false;
  #wake: (() => void) | undefined;
  #hasWork = false;
  #running: Promise<void> | undefined;
  #refused = 0;
  #sent = 0;
  /** After a refusal: one at a time, to find the one that is at fault. */
  #singly = 0;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Records that the server said it will never take. */
  get refusedCount(): number {
    return this.#refused;
  }

  get sentCount(): number {
    return this.#sent;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** There is something to send, or somebody to send it to. */
  nudge(): void {
    this.#hasWork = true;
    this.#wake?.();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      this.#hasWork = false;
      const outcome = await this.#sendNext();
      if (outcome === "sent") failures = 0;
      else if (outcome === "failed") await this.#sleep(this.#pauseMs(failures++));
      else if (!this.#hasWork) await this.#sleep(undefined);
    }
  }

  async #sendNext(): Promise<"sent" | "failed" | "idle"> {
    const { spool, channel, time, log } = this.#parts;
    if (!channel.isConnected) return "idle";
    const records = await spool.peek(this.#singly > 0 ? 1 : BATCH_RECORDS, BATCH_BYTES);
    const batch = nextBatch(records, time);
    if (batch === undefined) return "idle";
    if (batch.message === undefined) {
      await spool.acknowledge(batch.lastNumber);
      return "sent";
    }
    let receipt: Receipt;
    try {
      receipt = await channel.send(batch.message);
    } catch (error) {
      log.debug({ code: isAppError(error) ? error.code : String(error) }, "sender.waits");
      return "failed";
    }
    if (receipt.result === "refused") return this.#handleRefusal(receipt.code, batch);
    await spool.acknowledge(batch.lastNumber);
    this.#sent += batch.count;
    this.#singly = Math.max(0, this.#singly - batch.count);
    return "sent";
  }

  async #handleRefusal(code: string | undefined, batch: Batch): Promise<"sent" | "failed"> {
    const { spool, log } = this.#parts;
    if (!isFinal(code)) {
      log.warn({ code }, "sender.refused");
      return "failed";
    }
    if (batch.count > 1) {
      this.#singly = batch.count;
      return "sent";
    }
    this.#refused++;
    // A line about a refused line would be refused too.
    const told = { code, record: batch.lastNumber, refused: this.#refused };
    if (batch.isReadings) log.error(told, "sender.given_up");
    else log.debug(told, "sender.given_up");
    await spool.acknowledge(batch.lastNumber);
    this.#singly = Math.max(0, this.#singly - 1);
    return "sent";
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

/** Whether the server's refusal is about what the message says, so that it would say the same again. */
const isFinal = (code: string | undefined): boolean =>
  code?.startsWith("message.") === true && ERRORS[code as ErrorCode]?.retry !== true;
