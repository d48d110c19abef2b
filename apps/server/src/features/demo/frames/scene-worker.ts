import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { type Clock, systemClock } from "@gatehouse/base";
import { prepareScene, type SceneCamera, type SceneName } from "@gatehouse/scenes";
import { encodePicture } from "../../../platform/pictures/index.ts";
import type { SceneOrder } from "./scene-studio.ts";

/** As small cameras are set. */
const QUALITY = 75;
/** On Linux this is of the thread that asks: whoever serves people goes first. */
const LATER_THAN_OTHERS = 10;
/** While nobody is there only the clock and the grain change: so many pictures a second are drawn, and shown in turn. */
const EMPTY_PICTURES = 3;

/** One scene, told as JPEG. */
class ScenePlayer {
  readonly #camera: SceneCamera;
  readonly #date: Intl.DateTimeFormat;
  #second = 0;
  #shown = 0;
  #empty: Uint8Array[] = [];
  #isEncoding = false;

  constructor(camera: SceneCamera, date: Intl.DateTimeFormat) {
    this.#camera = camera;
    this.#date = date;
  }

  /** Nothing while the frame before is still being encoded. A failure ends the thread. */
  async show(nowMs: number): Promise<void> {
    if (this.#isEncoding) return;
    this.#isEncoding = true;
    parentPort?.postMessage({ scene: this.#camera.name, jpeg: await this.#frameAt(nowMs) });
    this.#isEncoding = false;
  }

  async #frameAt(nowMs: number): Promise<Uint8Array> {
    const second = Math.floor(nowMs / 1_000);
    if (second !== this.#second) this.#empty = [];
    this.#second = second;
    const isEmpty = this.#camera.story.figuresAt(nowMs).length === 0;
    if (isEmpty && this.#empty.length >= EMPTY_PICTURES)
      return this.#empty[this.#shown++ % EMPTY_PICTURES] as Uint8Array;
    const { rgb } = this.#camera.frame(nowMs, this.#date.format(nowMs));
    const jpeg = await encodePicture(rgb, this.#camera, QUALITY);
    if (isEmpty) this.#empty.push(jpeg);
    return jpeg;
  }
}

/** The scenes that are not drawn yet, one after the other. */
class Easel {
  readonly #waiting: Generator<undefined, SceneCamera>[];

  constructor(scenes: readonly SceneName[], seed: number) {
    this.#waiting = scenes.map((name) => prepareScene(name, { seed }));
  }

  get isBusy(): boolean {
    return this.#waiting.length > 0;
  }

  /** A few milliseconds of work; the camera when it was the last of one. */
  drawOn(): SceneCamera | undefined {
    const step = this.#waiting[0]?.next();
    if (step?.done !== true) return undefined;
    this.#waiting.shift();
    return step.value;
  }
}

/** Shows each scene as soon as it is drawn, all of them spread over the time of a frame. */
async function run({ scenes, framesPerSecond, timeZone, seed }: SceneOrder, clock: Clock): Promise<void> {
  const intervalMs = 1_000 / framesPerSecond;
  const date = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  const easel = new Easel(scenes, seed);
  const players: ScenePlayer[] = [];
  let dueMs = clock.monotonicMs();
  for (let turn = 0; ; turn++) {
    while (easel.isBusy && (players.length === 0 || clock.monotonicMs() < dueMs)) {
      const camera = easel.drawOn();
      if (camera !== undefined) players.push(new ScenePlayer(camera, date));
    }
    await new Promise<void>((resolve) => clock.after(Math.max(0, dueMs - clock.monotonicMs()), resolve));
    void players[turn % players.length]?.show(clock.nowMs());
    // What should have been shown long ago is left out.
    dueMs = Math.max(dueMs + intervalMs / players.length, clock.monotonicMs() - intervalMs);
  }
}

try {
  setPriority(LATER_THAN_OTHERS);
} catch {
  // Where the system does not allow it, all are equal.
}
parentPort?.ref();
await run(workerData as SceneOrder, systemClock);
