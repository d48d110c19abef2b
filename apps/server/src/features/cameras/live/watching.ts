import { AppError, type Clock } from "@gatehouse/base";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import type { Audience } from "./audience.ts";
import type { Places } from "./places.ts";
import { type ShownCameras, standingOf } from "./ports.ts";
import type { ViewedBy, Viewings } from "./viewings.ts";
import { type FrameSink, WatchedCameras, type WatchWish } from "./watched.ts";

export interface WatchingDeps {
  readonly clock: Clock;
  readonly cameras: ShownCameras;
  readonly viewings: Viewings;
  readonly audience: Audience;
  readonly places: Places;
}

/** Frames for what cannot say what it has drawn: multipart answers, calls of programs. */
export class Watching {
  readonly #deps: WatchingDeps;

  constructor(deps: WatchingDeps) {
    this.#deps = deps;
  }

  /**
   * Gives frames to the sink, which is made when the ledger has it, until the returned end is called. Fails with
   * camera.none when one of the cameras may not be seen, and with server.busy.
   */
  async begin(
    who: PersonPrincipal,
    wish: WatchWish,
    via: ViewedBy,
    openSink: () => FrameSink,
  ): Promise<() => void> {
    const { audience, cameras, places, viewings } = this.#deps;
    if (wish.cameraIds.some((id) => standingOf(cameras, who, id) === "none"))
      throw new AppError("camera.none");
    const leave = places.enter(who);
    try {
      await viewings.note(who, wish.cameraIds, via);
    } catch (error) {
      leave();
      throw error;
    }
    const watched = new WatchedCameras(openSink(), who, wish, this.#deps);
    audience.add(watched);
    return () => {
      watched.close();
      audience.remove(watched);
      leave();
    };
  }
}
