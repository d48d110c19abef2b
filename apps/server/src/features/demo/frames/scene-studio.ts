import { Worker } from "node:worker_threads";
import type { Logger } from "@gatehouse/base";
import { SCENES, type SceneName } from "@gatehouse/scenes";
import type { OpenFrameSource } from "./frame-source.ts";

/** What the thread draws. */
export interface SceneOrder {
  readonly scenes: readonly SceneName[];
  readonly framesPerSecond: number;
  /** Of the clock in the picture. */
  readonly timeZone: string;
  readonly seed: number;
}

type Viewer = (jpeg: Uint8Array) => void;

/** The drawn scenes, in a thread of their own while somebody shows them: several demo sites share one. */
export class SceneStudio {
  readonly #log: Logger;
  readonly #order: SceneOrder;
  readonly #viewers = new Map<SceneName, Set<Viewer>>();
  #worker: Worker | undefined;

  constructor(log: Logger, order: Partial<SceneOrder> = {}) {
    this.#log = log;
    this.#order = { scenes: SCENES, framesPerSecond: 10, timeZone: "UTC", seed: 1, ...order };
  }

  get isDrawing(): boolean {
    return this.#worker !== undefined;
  }

  open(scene: SceneName): OpenFrameSource {
    return (onFrame, onFailed) => {
      const viewers = this.#viewers.get(scene) ?? new Set();
      this.#viewers.set(scene, viewers.add(onFrame));
      this.#worker ??= this.#start();
      this.#worker.once("error", () => onFailed("the scenes cannot be drawn"));
      return {
        stop: async () => {
          viewers.delete(onFrame);
          if ([...this.#viewers.values()].every(({ size }) => size === 0)) await this.#end();
        },
      };
    };
  }

  #start(): Worker {
    const worker = new Worker(new URL("./scene-worker.ts", import.meta.url), { workerData: this.#order });
    worker.setMaxListeners(0);
    worker.unref();
    worker.on("message", ({ scene, jpeg }: { scene: SceneName; jpeg: Uint8Array }) => {
      for (const viewer of this.#viewers.get(scene) ?? []) viewer(jpeg);
    });
    worker.on("error", (error) => {
      this.#log.error({ err: error }, "scenes.failed");
      if (this.#worker === worker) this.#worker = undefined;
    });
    return worker;
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}
