import { systemClock, type Timer } from "@gatehouse/base";
import { isApiError } from "../../../data/api-error.ts";
import type { CameraReel, Shown } from "./camera-reel.ts";
import type { Playhead } from "./playhead.ts";

/** Where one camera is seen. */
export interface Screen {
  /** Resolves once it is on screen. */
  show(shown: Shown): Promise<void>;
  /** What is wanted is being read. */
  wait(): void;
  fail(error: unknown): void;
}

const RETRY_MS = 1_000;

/** Keeps one camera's screen at the playhead: the newest wish wins, and what is overtaken is not drawn. */
export class PictureLoop {
  readonly #reel: CameraReel;
  readonly #playhead: Playhead;
  readonly #screen: Screen;
  readonly #unsubscribe: () => void;
  #reading: { readonly abort: AbortController; readonly jumps: number } | undefined;
  #isDrawing = false;
  #next: Shown | undefined;
  #retry: Timer | undefined;

  constructor(reel: CameraReel, playhead: Playhead, screen: Screen) {
    this.#reel = reel;
    this.#playhead = playhead;
    this.#screen = screen;
    this.#unsubscribe = playhead.subscribe(() => this.#update());
    this.#update();
  }

  stop(): void {
    this.#unsubscribe();
    this.#reading?.abort.abort();
    this.#retry?.cancel();
    this.#next = undefined;
  }

  #update(): void {
    const { atMs, jumps } = this.#playhead.state;
    const known = this.#reel.peek(atMs);
    if (known !== undefined) {
      this.#giveUpReading();
      this.#display(known);
      return;
    }
    // While the line is dragged what is on its way is shown first, or a slow network would show nothing at all.
    if (this.#reading !== undefined && this.#reading.jumps === jumps) return;
    this.#giveUpReading();
    void this.#read(atMs, jumps);
  }

  #giveUpReading(): void {
    this.#reading?.abort.abort();
    this.#reading = undefined;
  }

  async #read(atMs: number, jumps: number): Promise<void> {
    const reading = { abort: new AbortController(), jumps };
    this.#reading = reading;
    this.#retry?.cancel();
    this.#screen.wait();
    try {
      const shown = await this.#reel.show(atMs, reading.abort.signal);
      if (this.#reading !== reading) return;
      this.#reading = undefined;
      this.#display(shown);
      if (this.#playhead.state.atMs !== atMs) this.#update();
    } catch (error) {
      if (this.#reading !== reading) return;
      this.#reading = undefined;
      this.#screen.fail(error);
      // What was refused for good is refused again; another instant may be answered.
      if (!isApiError(error) || error.retry) this.#retry = systemClock.after(RETRY_MS, () => this.#update());
    }
  }

  #display(shown: Shown): void {
    this.#next = shown;
    if (!this.#isDrawing) void this.#draw();
  }

  async #draw(): Promise<void> {
    this.#isDrawing = true;
    for (let shown = this.#next; shown !== undefined; shown = this.#next) {
      this.#next = undefined;
      await this.#screen.show(shown).catch((error: unknown) => this.#screen.fail(error));
    }
    this.#isDrawing = false;
  }
}
