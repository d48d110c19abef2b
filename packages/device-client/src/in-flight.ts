import { AppError, type Clock } from "@gatehouse/base";
import { type Receipt, SEND_TIMEOUT_MS } from "./wires/wire.ts";

interface Waiting {
  settle(receipt: Receipt): void;
  fail(error: unknown): void;
}

/** The envelopes whose acknowledgements are awaited, each under a name of its own. */
export class InFlight {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Resolves with what `settle` says of it; rejects after 20 s, or with `failAll`. Throws `server.busy` while another is
   * under way by this name: what is said of one would be taken for the other.
   */
  wait(name: string): Promise<Receipt> {
    if (this.#waiting.has(name)) throw new AppError("server.busy");
    const { promise, resolve, reject } = Promise.withResolvers<Receipt>();
    const timer = this.#clock.after(SEND_TIMEOUT_MS, () =>
      this.#take(name)?.fail(new AppError("url.unreachable", { reason: "no acknowledgement" })),
    );
    this.#waiting.set(name, {
      settle: (receipt) => {
        timer.cancel();
        resolve(receipt);
      },
      fail: (error) => {
        timer.cancel();
        reject(error);
      },
    });
    return promise;
  }

  /** False: nobody waits for it. */
  settle(name: string, receipt: Receipt): boolean {
    const waiting = this.#take(name);
    waiting?.settle(receipt);
    return waiting !== undefined;
  }

  /** It is not awaited any more. */
  drop(name: string): void {
    this.#take(name)?.fail(new AppError("url.unreachable", { reason: "superseded" }));
  }

  failAll(error: unknown): void {
    for (const name of [...this.#waiting.keys()]) this.#take(name)?.fail(error);
  }

  #take(name: string): Waiting | undefined {
    const waiting = this.#waiting.get(name);
    this.#waiting.delete(name);
    return waiting;
  }
}
