import type { Logger } from "@gatehouse/base";
import type { CapturedPicture } from "@gatehouse/capture";
import type { CameraOrders } from "@gatehouse/device-types/camera-words";
import { faultOf } from "../sensors/files.ts";

type Masks = CameraOrders["masks"];

export interface MaskedPicturesDeps {
  readonly log: Logger;
  /** A picture that may be shown. */
  give(picture: CapturedPicture): void;
}

/**
 * The first thing that happens to a camera's pictures: what its masks cover is black before anybody looks, seals or sends. One
 * at a time; of those that come meanwhile the newest is next. What cannot be masked goes nowhere.
 */
export class MaskedPictures {
  readonly #deps: MaskedPicturesDeps;
  #masks: Masks;
  #isBusy = false;
  #waiting: CapturedPicture | undefined;
  #failed = 0;

  constructor(deps: MaskedPicturesDeps) {
    this.#deps = deps;
  }

  /** Pictures that could not be masked. */
  get failed(): number {
    return this.#failed;
  }

  /** Undefined: none here. */
  set(masks: Masks): void {
    if (JSON.stringify(masks) === JSON.stringify(this.#masks)) return;
    this.#masks = masks;
    this.#waiting = undefined;
  }

  take(picture: CapturedPicture): void {
    if (this.#masks === undefined) this.#deps.give(picture);
    // Only single pictures can be blackened; what is left of a video is passed over.
    else if (picture.kind !== "jpeg") this.#failed++;
    else if (this.#isBusy) this.#waiting = picture;
    else void this.#mask(picture, this.#masks);
  }

  async #mask(picture: CapturedPicture, masks: NonNullable<Masks>): Promise<void> {
    this.#isBusy = true;
    try {
      const { maskPicture } = await import("@gatehouse/capture/pictures");
      const { bytes } = await maskPicture(picture.bytes, masks);
      // Others were drawn meanwhile: this one shows what they hide.
      if (this.#masks === masks) this.#deps.give({ ...picture, bytes });
    } catch (error) {
      if (this.#failed++ === 0) this.#deps.log.warn({ reason: faultOf(error) }, "camera.not_masked");
    } finally {
      this.#isBusy = false;
    }
    const next = this.#waiting;
    this.#waiting = undefined;
    if (next !== undefined) this.take(next);
  }
}
