import type { Clock, Logger, UnixMs } from "@gatehouse/base";
import type { RgbPicture } from "@gatehouse/capture/pictures";
import type { FollowedThing } from "@gatehouse/detect";
import { type CameraWord, MAX_BOXES, MAX_SHOWN_BYTES } from "@gatehouse/device-types/camera-words";
import { faultOf } from "../../sensors/files.ts";

export interface ShownPictureDeps {
  readonly clock: Clock;
  readonly log: Logger;
  isConnected(): boolean;
  /** Answers why it was refused. */
  say(word: CameraWord): Promise<string | undefined>;
}

/** A visit is told this long after it was sure at the latest, with its picture or without. */
const LONGEST_MS = 1_000;

interface Seen {
  readonly atMs: UnixMs;
  readonly things: readonly FollowedThing[];
  readonly picture: Uint8Array | RgbPicture;
}

/** The surest picture of a visit that is not sure yet: shown to the server before it hears of the visit, and forgotten. */
export class ShownPicture {
  readonly #deps: ShownPictureDeps;
  #best: Seen | undefined;

  constructor(deps: ShownPictureDeps) {
    this.#deps = deps;
  }

  see(seen: Seen): void {
    if (seen.things.length > 0 && surest(seen) >= surest(this.#best)) this.#best = seen;
  }

  forget(): void {
    this.#best = undefined;
  }

  /** Resolves when the server has it, or does not get it. */
  async show(): Promise<void> {
    const best = this.#best;
    this.#best = undefined;
    if (best === undefined || !this.#deps.isConnected()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#deps.clock.after(LONGEST_MS, resolve);
    await Promise.race([this.#send(best), promise]);
    timer.cancel();
  }

  async #send({ atMs, things, picture }: Seen): Promise<void> {
    const { log, say } = this.#deps;
    try {
      const { smallJpeg } = await import("@gatehouse/capture/pictures");
      const jpeg = await smallJpeg(picture, MAX_SHOWN_BYTES);
      if (jpeg === undefined) return;
      const boxes = things.slice(0, MAX_BOXES).map((thing) => ({ ...thing }));
      const shown = Buffer.from(jpeg).toString("base64");
      const word = { kind: "camera", says: "shown", takenMs: Math.round(atMs), boxes, jpeg: shown } as const;
      const code = await say(word);
      if (code !== undefined) log.warn({ code }, "camera.picture_refused");
    } catch (error) {
      log.warn({ reason: faultOf(error) }, "camera.picture_not_shown");
    }
  }
}

const surest = (seen: Seen | undefined): number =>
  Math.max(0, ...(seen?.things ?? []).map(({ score }) => score));
