/** Slowest to fastest; negative ones play backwards. */
export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16] as const;
export type Speed = (typeof SPEEDS)[number];

export interface PlayheadState {
  /** Unix ms of what is shown. */
  readonly atMs: number;
  readonly isPlaying: boolean;
  readonly speed: Speed;
  readonly isBackwards: boolean;
  /** The line is being dragged: pictures follow as they come. */
  readonly isScrubbing: boolean;
  /** Playing stands still until pictures have come. */
  readonly isWaiting: boolean;
  /** Counts jumps: what was asked for before the last one is no longer wanted. */
  readonly jumps: number;
}

/** What playing on to an instant meets there. */
export type Ahead =
  | { readonly kind: "ready" }
  | { readonly kind: "wait" }
  /** Nothing is recorded: go on there instead. */
  | { readonly kind: "jump"; readonly toMs: number }
  /** Nothing more is recorded in this direction. */
  | { readonly kind: "end" };

export interface PlayheadPorts {
  nowMs(): number;
  /** Asked before each step of playing; answers at once. */
  ahead(atMs: number, isBackwards: boolean): Ahead;
}

/** The newest pictures are on their way to the disk. */
const BEHIND_NOW_MS = 2_000;
/** A page that slept goes on where it was, not where it would be. */
const LONGEST_STEP_MS = 250;

/** The instant that all cameras of the player show, and how it moves. */
export class Playhead {
  #state: PlayheadState;
  readonly #ports: PlayheadPorts;
  readonly #listeners = new Set<() => void>();

  constructor(atMs: number, ports: PlayheadPorts) {
    this.#ports = ports;
    this.#state = {
      atMs,
      isPlaying: false,
      speed: 1,
      isBackwards: false,
      isScrubbing: false,
      isWaiting: false,
      jumps: 0,
    };
  }

  get state(): PlayheadState {
    return this.#state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  seek(atMs: number): void {
    const jumps = this.#state.jumps + 1;
    this.#set({ atMs: this.#bounded(atMs), isWaiting: false, isScrubbing: false, jumps });
  }

  scrub(atMs: number): void {
    this.#set({ atMs: this.#bounded(atMs), isWaiting: false, isScrubbing: true });
  }

  play(direction: { readonly isBackwards: boolean } = { isBackwards: false }): void {
    this.#set({ isPlaying: true, isBackwards: direction.isBackwards, isScrubbing: false });
  }

  pause(): void {
    this.#set({ isPlaying: false, isWaiting: false, isBackwards: false });
  }

  toggle(): void {
    if (this.#state.isPlaying) this.pause();
    else this.play();
  }

  setSpeed(speed: Speed): void {
    this.#set({ speed });
  }

  /** J and L: begins to play that way at the chosen speed, and is twice as fast each time after that. */
  shuttle(isBackwards: boolean): void {
    const { isPlaying, speed } = this.#state;
    const isOn = isPlaying && this.#state.isBackwards === isBackwards;
    const faster = SPEEDS[Math.min(SPEEDS.length - 1, SPEEDS.indexOf(speed) + 1)] ?? speed;
    const turned = isPlaying && !isOn ? 1 : speed;
    this.#set({ isPlaying: true, isBackwards, isScrubbing: false, speed: isOn ? faster : turned });
  }

  /** So much time has passed on the wall. */
  tick(elapsedMs: number): void {
    const { isPlaying, isScrubbing, isBackwards, speed, atMs } = this.#state;
    if (!isPlaying || isScrubbing) return;
    const byMs = Math.min(LONGEST_STEP_MS, elapsedMs) * speed * (isBackwards ? -1 : 1);
    const toMs = atMs + byMs;
    if (toMs > this.#latestMs()) {
      this.#arrive(this.#latestMs());
      return;
    }
    const ahead = this.#ports.ahead(toMs, isBackwards);
    if (ahead.kind === "end") this.pause();
    else if (ahead.kind === "wait") this.#set({ isWaiting: true });
    else this.#set({ atMs: ahead.kind === "jump" ? ahead.toMs : toMs, isWaiting: false });
  }

  /** At the newest picture it goes on as fast as time does; faster speeds have nothing to gain. */
  #arrive(latestMs: number): void {
    const { speed, atMs } = this.#state;
    this.#set({ atMs: Math.max(atMs, latestMs), isWaiting: false, speed: speed > 1 ? 1 : speed });
  }

  #latestMs(): number {
    return this.#ports.nowMs() - BEHIND_NOW_MS;
  }

  #bounded(atMs: number): number {
    return Math.max(0, Math.min(Math.round(atMs), this.#latestMs()));
  }

  #set(change: Partial<PlayheadState>): void {
    const next = { ...this.#state, ...change };
    const isSame = (Object.keys(change) as (keyof PlayheadState)[]).every(
      (key) => next[key] === this.#state[key],
    );
    if (isSame) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }
}
