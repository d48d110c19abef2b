import type { Clock } from "@gatehouse/base";
import { assertPicture } from "../assert-picture.ts";
import type { Detection, Detector, DetectorDescription, LookOptions, Picture } from "../detector.ts";
import { InferenceThread } from "../inference/inference-thread.ts";
import type { ModelSettings } from "../inference/loaded-model.ts";

/** A model that fails at every look is not read again and again. */
const RESTART_PAUSE_MS = 30_000;

/** A model file in a thread of its own; a thread that failed is started anew at the next look. */
export class ModelDetector implements Detector {
  readonly description: DetectorDescription;
  readonly #settings: ModelSettings;
  readonly #clock: Clock;
  #thread: InferenceThread;
  #startedMs: number;
  #restart: Promise<void> | undefined;
  #closed = false;

  private constructor(settings: ModelSettings, thread: InferenceThread, clock: Clock) {
    const { labels, inputSize, family } = thread.ready;
    this.description = { kind: settings.file.format, labels, inputSize, family };
    this.#settings = settings;
    this.#thread = thread;
    this.#clock = clock;
    this.#startedMs = clock.monotonicMs();
  }

  /** Throws `detector.model_invalid`. */
  static async open(settings: ModelSettings, clock: Clock): Promise<ModelDetector> {
    return new ModelDetector(settings, await InferenceThread.start(settings, clock), clock);
  }

  async detect(picture: Picture, options: LookOptions): Promise<readonly Detection[]> {
    assertPicture(picture);
    const pauseIsOver = this.#clock.monotonicMs() - this.#startedMs >= RESTART_PAUSE_MS;
    if (this.#thread.isOver && !this.#closed && (pauseIsOver || this.#restart !== undefined)) {
      this.#restart ??= this.#startAnew().finally(() => {
        this.#restart = undefined;
      });
      await this.#restart;
    }
    return this.#thread.detect(picture, options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#restart?.catch(() => undefined);
    await this.#thread.close();
  }

  async #startAnew(): Promise<void> {
    this.#startedMs = this.#clock.monotonicMs();
    this.#thread = await InferenceThread.start(this.#settings, this.#clock);
  }
}
