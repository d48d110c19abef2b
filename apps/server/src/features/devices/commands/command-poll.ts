import { AppError, type Clock, type Uuid } from "@gatehouse/base";
import type { Bus, devices } from "@gatehouse/contract";
import type { CommandService } from "./command-service.ts";

/** Below the 30 s after which many proxies give up. */
export const MAX_POLL_MS = 25_000;
const MAX_POLLS = 5_000;

type Outcome = "command" | "nothing";

interface Wait {
  readonly over: Promise<Outcome>;
  /** Forgets the wait, whatever its outcome. */
  end(): void;
}

/**
 * Commands for devices that only speak HTTP: a request waits here until there is one. Handing it over counts as
 * delivered. A device has one poll; a second one ends the first with nothing.
 */
export class CommandPoll {
  readonly #commands: CommandService;
  readonly #clock: Clock;
  readonly #waiting = new Map<Uuid, (outcome: Outcome) => void>();
  readonly #unsubscribe: () => void;
  #stopped = false;

  constructor(commands: CommandService, clock: Clock, bus: Bus) {
    this.#commands = commands;
    this.#clock = clock;
    this.#unsubscribe = bus.subscribe("command.changed", ({ command }) => {
      if (command.state === "queued") this.#waiting.get(command.deviceId)?.("command");
    });
  }

  /** The oldest queued command, undefined when `waitMs` pass without one or the caller is gone. */
  async next(deviceId: Uuid, waitMs: number, gone: AbortSignal): Promise<devices.Command | undefined> {
    const untilMs = this.#clock.monotonicMs() + Math.min(waitMs, MAX_POLL_MS);
    for (;;) {
      // The wait begins before the look: a command sent in between ends it.
      const leftMs = untilMs - this.#clock.monotonicMs();
      const wait = this.#wait(deviceId, leftMs, gone);
      try {
        const command = await this.#deliverOne(deviceId, gone);
        if (command !== undefined || leftMs <= 0) return command;
        if ((await wait.over) !== "command") return undefined;
      } finally {
        wait.end();
      }
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe();
    for (const end of this.#waiting.values()) end("nothing");
  }

  async #deliverOne(deviceId: Uuid, gone: AbortSignal): Promise<devices.Command | undefined> {
    const [command] = await this.#commands.takePending(deviceId, 1);
    if (command === undefined || gone.aborted) return undefined;
    return (await this.#commands.delivered(command.id)) ? { ...command, state: "delivered" } : undefined;
  }

  #wait(deviceId: Uuid, leftMs: number, gone: AbortSignal): Wait {
    if (this.#stopped) throw new AppError("server.stopping");
    if (this.#waiting.size >= MAX_POLLS) throw new AppError("server.busy");
    this.#waiting.get(deviceId)?.("nothing");
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const end = (): void => resolve("nothing");
    this.#waiting.set(deviceId, resolve);
    const timer = this.#clock.after(Math.max(0, leftMs), end);
    gone.addEventListener("abort", end, { once: true });
    return {
      over: promise,
      end: () => {
        timer.cancel();
        gone.removeEventListener("abort", end);
        if (this.#waiting.get(deviceId) === resolve) this.#waiting.delete(deviceId);
      },
    };
  }
}
