import { AppError, type Clock } from "@gatehouse/base";
import { type Receipt, SEND_TIMEOUT_MS } from "./wires/wire.ts";

interface Waiting {
  readonly sequence: number;
  settle(receipt: Receipt): void;
  fail(error: unknown): void;
}

/** The one envelope whose acknowledgement is awaited. One at a time keeps what is sent in order. */
export class InFlight {
  readonly #clock: Clock;
  #waiting: Waiting | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves with what `settle` says of this sequence; rejects after 20 s, or with `fail`. */
  wait(sequence: number): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(SEND_TIMEOUT_MS, () =>
        this.fail(new AppError("url.unreachable", { reason: "no acknowledgement" })),
      );
      this.#waiting = {
        sequence,
        settle: (receipt) => {
          timer.cancel();
          resolve(receipt);
        },
        fail: (error) => {
          timer.cancel();
          reject(error);
        },
      };
    });
  }

  settle(sequence: number, receipt: Receipt): void {
    const waiting = this.#waiting;
    if (waiting?.sequence !== sequence) return;
    this.#waiting = undefined;
    waiting.settle(receipt);
  }

  fail(error: unknown): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.fail(error);
  }
}
