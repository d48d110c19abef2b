import { join } from "node:path";
import { isAppError } from "@gatehouse/base";
import { findFfmpeg } from "@gatehouse/capture";
import { faultOf } from "../sensors/files.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { AgentCamera, type AgentCameraDeps } from "./agent-camera.ts";
import { Detectors, type DetectorsDeps } from "./detection/detectors.ts";
import { type DamagedCamera, type KeptCamera, KeptCameras } from "./kept-cameras.ts";
import { ModelShelf } from "./models/model-shelf.ts";

export interface CamerasDeps extends Omit<AgentCameraDeps, "detectors" | "ffmpeg" | "shelf"> {
  readonly state: Pick<StateFolder, "path">;
  /** For tests: another detector than the one that comes along. */
  readonly openBuiltIn?: NonNullable<DetectorsDeps["openBuiltIn"]>;
}

/** What every camera uses; made when there is a first one. */
type Common = Pick<AgentCameraDeps, "detectors" | "shelf">;

/** The cameras of this machine that are at work: those on disk, from the start and whenever somebody says that they changed. */
export class Cameras {
  readonly #deps: CamerasDeps;
  readonly #kept: KeptCameras;
  readonly #running = new Map<string, AgentCamera>();
  #damaged: readonly DamagedCamera[] = [];
  #program: Promise<string> | undefined;
  #turn: Promise<void> = Promise.resolve();
  #isStopped = false;
  #common: Common | undefined;

  constructor(deps: CamerasDeps) {
    this.#kept = new KeptCameras(deps.state, deps.random);
    this.#deps = deps;
  }

  /** Stops what is gone or changed, starts what is new. One at a time, in order. */
  reload(): Promise<void> {
    const mine = this.#turn.then(() => this.#reload());
    this.#turn = mine.catch((error: unknown) =>
      this.#deps.log.error({ reason: faultOf(error) }, "cameras.not_read"),
    );
    return mine;
  }

  get status(): readonly object[] {
    return [
      ...[...this.#running.values()].map(({ status }) => status),
      ...this.#damaged.map(({ deviceId, fault }) => ({ id: deviceId, state: "damaged", reason: fault })),
    ];
  }

  /** Of those that the server hears now, by name: the new key id, or why there is none. */
  async rotateKeys(): Promise<Readonly<Record<string, string>>> {
    const rotated: Record<string, string> = {};
    for (const camera of this.#running.values())
      rotated[camera.name] = await camera.rotateKeys().then((keyId) => keyId ?? "not connected", faultOf);
    return rotated;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#turn;
    await Promise.all([...this.#running.values()].map((camera) => camera.stop()));
    this.#running.clear();
    await this.#common?.detectors.close();
  }

  async #reload(): Promise<void> {
    if (this.#isStopped) return;
    const { cameras, damaged } = await this.#kept.list();
    for (const [deviceId, camera] of [...this.#running]) {
      const kept = cameras.find((one) => one.deviceId === deviceId);
      if (kept !== undefined && camera.isStill(kept)) continue;
      this.#running.delete(deviceId);
      await camera.stop();
    }
    for (const kept of cameras) {
      if (this.#running.has(kept.deviceId)) continue;
      try {
        this.#running.set(kept.deviceId, await this.#start(kept));
      } catch (error) {
        damaged.push({ deviceId: kept.deviceId, fault: faultOf(error) });
      }
    }
    for (const { deviceId, fault } of damaged)
      if (!this.#damaged.some((one) => one.deviceId === deviceId))
        this.#deps.log.error({ deviceId, fault }, "camera.damaged");
    this.#damaged = damaged;
  }

  async #start(kept: KeptCamera): Promise<AgentCamera> {
    const { clock, state } = this.#deps;
    if (this.#common === undefined) {
      const shelf = await ModelShelf.open(join(state.path, "models"), clock);
      this.#common = { shelf, detectors: new Detectors({ ...this.#deps, shelf }) };
    }
    return AgentCamera.start(kept, { ...this.#deps, ...this.#common, ffmpeg: () => this.#ffmpeg() });
  }

  /** Looked for once; again when there was none. */
  #ffmpeg(): Promise<string> {
    this.#program ??= findFfmpeg().catch((error: unknown) => {
      this.#program = undefined;
      throw isAppError(error) ? error : new Error(faultOf(error), { cause: error });
    });
    return this.#program;
  }
}
