import type { LiveFrame } from "../../data/camera-live.ts";

/** Where pictures are drawn. */
export interface Surface<Picture> {
  decode(bytes: ArrayBuffer): Promise<Picture>;
  /** The picture is used up afterwards. */
  paint(picture: Picture): void;
}

interface Job {
  readonly frame: LiveFrame;
  readonly done: () => void;
}

/** Draws one frame at a time and always the newest: what comes meanwhile replaces what still waits. */
export class JpegPainter<Picture> {
  readonly #surface: Surface<Picture>;
  readonly #onDrawn: (frame: LiveFrame) => void;
  #isBusy = false;
  #waiting: Job | undefined;
  #isEnded = false;

  constructor(surface: Surface<Picture>, onDrawn: (frame: LiveFrame) => void) {
    this.#surface = surface;
    this.#onDrawn = onDrawn;
  }

  /** `done` runs once for each frame: when it is drawn, passed over, or turns out to be no picture. */
  show(frame: LiveFrame, done: () => void): void {
    this.#waiting?.done();
    this.#waiting = { frame, done };
    if (!this.#isBusy) void this.#work();
  }

  /** Nothing is drawn any more. */
  end(): void {
    this.#isEnded = true;
    this.#waiting?.done();
    this.#waiting = undefined;
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let job = this.#next(); job !== undefined; job = this.#next()) {
      await this.#draw(job.frame);
      job.done();
    }
    this.#isBusy = false;
  }

  #next(): Job | undefined {
    const job = this.#waiting;
    this.#waiting = undefined;
    return job;
  }

  async #draw(frame: LiveFrame): Promise<void> {
    const picture = await this.#surface.decode(frame.bytes).catch(() => undefined);
    if (picture === undefined || this.#isEnded) return;
    this.#surface.paint(picture);
    this.#onDrawn(frame);
  }
}

/** Draws on a canvas, which takes the size of the picture. */
export function canvasSurface(canvas: HTMLCanvasElement): Surface<ImageBitmap> {
  const context = canvas.getContext("2d", { alpha: false });
  return {
    decode: (bytes) => createImageBitmap(new Blob([bytes], { type: "image/jpeg" })),
    paint(picture) {
      if (canvas.width !== picture.width) canvas.width = picture.width;
      if (canvas.height !== picture.height) canvas.height = picture.height;
      context?.drawImage(picture, 0, 0);
      picture.close();
    },
  };
}
