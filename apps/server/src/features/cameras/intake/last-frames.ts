import type { Clock, Logger, Timer, UnixMs, Uuid } from "@gatehouse/base";
import type { CameraDatabase } from "../tables.ts";
import type { Intake } from "./intake.ts";
import { loadLastFrames, saveLastFrames } from "./last-frames-store.ts";

interface LastFramesDeps {
  readonly db: CameraDatabase;
  readonly clock: Clock;
  readonly log: Logger;
  readonly intake: Pick<Intake, "lastFrames" | "restore">;
}

const SAVE_EVERY_MS = 60_000;

/** When each camera last sent something, kept over restarts: one statement a minute for all of them. */
export class LastFrames {
  readonly #deps: LastFramesDeps;
  /** As it was saved. */
  readonly #savedMs = new Map<Uuid, UnixMs>();
  #timer: Timer | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(deps: LastFramesDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { clock, db, intake } = this.#deps;
    for (const { cameraId, ...frame } of await loadLastFrames(db)) {
      this.#savedMs.set(cameraId, frame.takenMs);
      intake.restore(cameraId, frame);
    }
    this.#timer = clock.every(SAVE_EVERY_MS, () => void this.#save());
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#save();
  }

  /** What cannot be written now is newer the next time. */
  #save(): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      const { db, intake, log } = this.#deps;
      const changed = intake.lastFrames().filter((one) => this.#savedMs.get(one.cameraId) !== one.takenMs);
      if (changed.length === 0) return;
      try {
        await saveLastFrames(db, changed);
        for (const { cameraId, takenMs } of changed) this.#savedMs.set(cameraId, takenMs);
      } catch (err) {
        log.warn({ err, cameras: changed.length }, "cameras.last_frames_not_saved");
      }
    });
    return this.#saving;
  }
}
