import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { type Clock, systemClock } from "@gatehouse/base";
import { prepareScene, type SceneCamera } from "@gatehouse/scenes";
import { encodePicture } from "../../../platform/pictures/index.ts";
import type { SceneOrder } from "./scene-studio.ts";
import { type Easel, SceneTurns } from "./scene-turns.ts";

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

/** The scenes that are not drawn yet. */
class SceneEasel implements Easel<ScenePlayer> {
  readonly #waiting: Generator<undefined, SceneCamera>[];
  readonly #date: Intl.DateTimeFormat;

  constructor({ scenes, seed, timeZone }: SceneOrder) {
    this.#waiting = scenes.map((name) => prepareScene(name, { seed }));
    this.#date = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  }

  get isBusy(): boolean {
    return this.#waiting.length > 0;
  }

  drawOn(): ScenePlayer | undefined {
    const step = this.#waiting[0]?.next();
    if (step?.done !== true) return undefined;
    this.#waiting.shift();
    return new ScenePlayer(step.value, this.#date);
  }
}

async function run(order: SceneOrder, clock: Clock): Promise<void> {
  const turns = new SceneTurns({
    easel: new SceneEasel(order),
    show: (player) => void player.show(clock.nowMs()),
    intervalMs: 1_000 / order.framesPerSecond,
    clock,
  });
  for (;;) await turns.next();
}

try {
  setPriority(LATER_THAN_OTHERS);
} catch {
  // Where the system does not allow it, all are equal.
}
parentPort?.ref();
await run(workerData as SceneOrder, systemClock);
