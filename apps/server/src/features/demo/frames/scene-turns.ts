import type { Clock } from "@gatehouse/base";

/** Scenes that are drawn bit by bit, one after the other. */
export interface Easel<Scene> {
  readonly isBusy: boolean;
  /** A few milliseconds of work; the scene when it was the last of one. */
  drawOn(): Scene | undefined;
}

interface TurnParts<Scene> {
  readonly easel: Easel<Scene>;
  readonly show: (scene: Scene) => void;
  /** From one frame of a scene to its next. */
  readonly intervalMs: number;
  readonly clock: Clock;
}

/** Shows each scene as soon as it is drawn, all of them spread over the time of a frame. */
export class SceneTurns<Scene> {
  readonly #parts: TurnParts<Scene>;
  readonly #shown: Scene[] = [];
  #turn = 0;
  #dueMs: number;
  #tookMs = 0;

  constructor(parts: TurnParts<Scene>) {
    this.#parts = parts;
    this.#dueMs = parts.clock.monotonicMs();
  }

  /** Draws until a frame is due, and shows it. */
  async next(): Promise<void> {
    const { show, intervalMs, clock } = this.#parts;
    this.#draw();
    await new Promise<void>((resolve) =>
      clock.after(Math.max(0, this.#dueMs - clock.monotonicMs()), resolve),
    );
    const beganMs = clock.monotonicMs();
    show(this.#shown[this.#turn++ % this.#shown.length] as Scene);
    this.#tookMs = clock.monotonicMs() - beganMs;
    // What should have been shown long ago is left out.
    this.#dueMs = Math.max(this.#dueMs + intervalMs / this.#shown.length, clock.monotonicMs() - intervalMs);
  }

  /** However late it is, a bit and as long as the frame before took: or the frames of some would keep others away. */
  #draw(): void {
    const { easel, clock } = this.#parts;
    const untilMs = Math.max(this.#dueMs, clock.monotonicMs() + this.#tookMs);
    while (easel.isBusy) {
      const scene = easel.drawOn();
      if (scene !== undefined) this.#shown.push(scene);
      if (this.#shown.length > 0 && clock.monotonicMs() >= untilMs) return;
    }
  }
}
