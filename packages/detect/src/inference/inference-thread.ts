import { AppError, type Clock, type Timer } from "@gatehouse/base";
import type { Detection, LookOptions, Picture } from "../detector.ts";
import { modelInvalid } from "../model-invalid.ts";
import type { ModelSettings } from "./loaded-model.ts";
import type { FromHost, Ready } from "./messages.ts";
import { type ModelHost, startHost } from "./model-host.ts";

/** A large model in 32 bits takes a second on a small machine; one that takes a minute is of no use. */
const READY_WITHIN_MS = 60_000;
/** The slowest model that is of any use takes a second a look. */
const ANSWER_WITHIN_MS = 10_000;
/** A picture that waits longer than four others is old. */
const MAX_WAITING = 4;

interface Waiting {
  readonly resolve: (detections: readonly Detection[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One model in one thread, or in one process. After a look that takes too long, and when it ends by itself, all looks
 * are rejected and nothing is answered any more: whoever holds it starts another.
 */
export class InferenceThread {
  readonly ready: Ready;
  readonly #host: ModelHost;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #deadline: Timer | undefined;
  #isOver = false;

  private constructor(host: ModelHost, ready: Ready, clock: Clock) {
    this.#host = host;
    this.ready = ready;
    this.#clock = clock;
    const { events } = host;
    events.on("message", (message: FromHost) => this.#answer(message));
    events.on("error", (cause) => void this.#end(failed("the thread failed", cause)));
    events.on("exit", () => void this.#end(failed("the thread ended")));
  }

  /** Reads and tries the model there. Throws `detector.model_invalid` or `detector.failed`. */
  static async start(settings: ModelSettings, clock: Clock): Promise<InferenceThread> {
    const host = startHost(settings);
    try {
      return new InferenceThread(host, await readyOf(host, clock), clock);
    } catch (error) {
      await host.end();
      throw error;
    }
  }

  /** Whether it answers no more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  async detect({ width, height, rgb, atMs }: Picture, options: LookOptions): Promise<readonly Detection[]> {
    if (this.#isOver) throw failed("the thread ended");
    if (this.#waiting.size >= MAX_WAITING) throw new AppError("server.busy");
    const id = this.#nextId++;
    const answer = new Promise<readonly Detection[]>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    if (this.#waiting.size === 1) this.#watch();
    this.#host.send({ id, picture: { width, height, rgb, atMs }, options });
    return answer;
  }

  close(): Promise<void> {
    return this.#end(failed("the detector was closed"));
  }

  #answer(message: FromHost): void {
    if (message.kind !== "found" && message.kind !== "failed") return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    this.#deadline?.cancel();
    if (this.#waiting.size > 0) this.#watch();
    if (message.kind === "found") waiting?.resolve(message.detections);
    else waiting?.reject(failed(message.message));
  }

  /** Of the oldest look: they are answered in order. */
  #watch(): void {
    this.#deadline = this.#clock.after(ANSWER_WITHIN_MS, () => void this.#end(failed("it took too long")));
  }

  async #end(error: Error): Promise<void> {
    this.#isOver = true;
    this.#deadline?.cancel();
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    await this.#host.end();
  }
}

const failed = (detail: string, cause?: unknown): AppError =>
  new AppError("detector.failed", { detail }, cause === undefined ? {} : { cause });

/** Its first word: that it is ready, or why not. */
function readyOf({ events }: ModelHost, clock: Clock): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      timer.cancel();
      events.off("message", onMessage).off("error", onError).off("exit", onExit);
    };
    const onError = (cause: unknown): void => {
      settle();
      reject(failed("the thread failed", cause));
    };
    const onExit = (): void => onError(new Error("the thread ended"));
    const onMessage = (message: FromHost): void => {
      settle();
      if (message.kind === "ready") resolve(message);
      else if (message.kind === "refused") reject(modelInvalid(message.reason, message.fields));
    };
    const timer = clock.after(READY_WITHIN_MS, () => onError(new Error("the model takes too long to load")));
    events.on("message", onMessage).on("error", onError).on("exit", onExit);
  });
}
