import type { Clock, UnixMs } from "@gatehouse/base";

/** An instant as a machine sees it whose clock may be wrong. */
export interface Moment {
  readonly wallMs: number;
  readonly uptimeMs: number;
  readonly bootId: string;
}

/** What the machine says about its own time. */
export interface MachineTime {
  /** Kernel's boot id (random(4), /proc/sys/kernel/random/boot_id). */
  readonly bootId: string;
  /** Since it was switched on; goes on while it sleeps. */
  uptimeMs(): number;
}

/** A clock that differs from the server's by more than this is not believed (docs/channel.md, clock window). */
const TOLERANCE_MS = 5 * 60_000;
/** A machine without a battery starts in 1970, or when its file system was made: before this program was written. */
const WRITTEN_MS = Date.UTC(2026, 0, 1);

/**
 * Knows the server's time once the server said it, and from then on by the machine's steady clock: what somebody does to
 * the wall clock changes nothing. Tells when things happened, in the server's time.
 */
export class TimeKeeper {
  readonly #clock: Clock;
  readonly #machine: MachineTime;
  /** Server's wall clock less our uptime. */
  #serverBaseMs: number | undefined;

  constructor(clock: Clock, machine: MachineTime) {
    this.#clock = clock;
    this.#machine = machine;
  }

  now(): Moment {
    return {
      wallMs: this.#clock.nowMs(),
      uptimeMs: this.#machine.uptimeMs(),
      bootId: this.#machine.bootId,
    };
  }

  heardServer(serverTimeMs: UnixMs): void {
    this.#serverBaseMs = serverTimeMs - this.#machine.uptimeMs();
  }

  /** Own wall clock less the server's, ms; undefined until the server was heard. */
  get offsetMs(): number | undefined {
    return this.#serverBaseMs === undefined ? undefined : this.#clock.nowMs() - this.serverNowMs();
  }

  /** Whether the wall clock is believed. Before the server was heard: whether it can be right at all. */
  get isClockSet(): boolean {
    const offsetMs = this.offsetMs;
    return offsetMs === undefined ? isPossible(this.#clock.nowMs()) : Math.abs(offsetMs) <= TOLERANCE_MS;
  }

  /** The server's time where it is known, else our own. */
  serverNowMs(): UnixMs {
    return this.#serverBaseMs === undefined
      ? this.#clock.nowMs()
      : Math.round(this.#serverBaseMs + this.#machine.uptimeMs());
  }

  /**
   * When it was, in the server's time. Of this boot: by the steady clock, and by the wall clock where both agree. Of
   * an earlier boot: by the wall clock of then, if that is possible. Otherwise nobody knows: undefined.
   */
  placeInTime({ wallMs, uptimeMs, bootId }: Moment): UnixMs | undefined {
    const isBelievable = isPossible(wallMs) && wallMs <= this.serverNowMs() + TOLERANCE_MS;
    if (bootId !== this.#machine.bootId || this.#serverBaseMs === undefined)
      return isBelievable ? wallMs : undefined;
    const bySteadyClockMs = Math.round(this.#serverBaseMs + uptimeMs);
    return Math.abs(bySteadyClockMs - wallMs) <= TOLERANCE_MS ? wallMs : bySteadyClockMs;
  }

  /** Whether an instant is so long ago that it counts as stored and sent late. */
  isLate(tsMs: UnixMs): boolean {
    return this.serverNowMs() - tsMs > TOLERANCE_MS / 2;
  }
}

const isPossible = (wallMs: number): boolean => wallMs >= WRITTEN_MS;
