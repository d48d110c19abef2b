import type { Clock, Logger, Timer, Uuid } from "@gatehouse/base";
import { cameras as contract } from "@gatehouse/contract";
import { strengthDigit } from "@gatehouse/motion";
import type { AgentEyes } from "./agent-eyes.ts";
import type { MotionDensity } from "./density.ts";
import { Eye, type MotionSettings } from "./eye.ts";
import type { EventKeeper } from "./keeper.ts";
import { LOOKS_OF_VIDEO } from "./model.ts";
import type { Cameras, Frame, Frames } from "./ports.ts";
import type { Sight } from "./sight.ts";

/** About five looks a second at whatever pace frames come. */
const LOOK_EVERY_MS = 180;
/** Pictures decoded at once: the rest of the machine is for those who watch and record. */
const MAX_IN_WORK = 2;
const TICK_MS = 1_000;

export interface WatcherDeps {
  readonly frames: Pick<Frames, "subscribe">;
  readonly cameras: Cameras;
  readonly keeper: EventKeeper;
  readonly density: MotionDensity;
  /** Cameras whose own machines judge what they see. */
  readonly agents: Pick<AgentEyes, "judges">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly sight: Pick<Sight, "luma" | "forget">;
  /** Told of each frame that the gate looked at, and whether something moves in it. */
  readonly looked: (frame: Frame, moves: boolean) => void;
}

/** Looks at frames of all cameras in turn, a few at a time; of each camera at the newest. */
export class Watcher {
  readonly #deps: WatcherDeps;
  readonly #eyes = new Map<Uuid, Eye>();
  /** Eyes with a frame that waits, first come first served. */
  readonly #queue = new Set<Eye>();
  readonly #inWork = new Set<Promise<void>>();
  #ends: (() => void)[] = [];
  #tick: Timer | undefined;
  #looks = 0;
  #failed = 0;

  constructor(deps: WatcherDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#ends = [this.#deps.frames.subscribe((frame) => this.#see(frame))];
    this.#tick = this.#deps.clock.every(TICK_MS, () => this.#pass());
  }

  /** Looks to the end at what is in work; what goes on ends now. */
  async stop(): Promise<void> {
    for (const end of this.#ends) end();
    this.#tick?.cancel();
    this.#queue.clear();
    await Promise.all(this.#inWork);
    for (const eye of [...this.#eyes.values()]) this.#close(eye);
  }

  /** The camera's settings are others, or it is gone. */
  changed(cameraId: Uuid): void {
    const eye = this.#eyes.get(cameraId);
    if (eye === undefined) return;
    const motion = this.#motionOf(cameraId);
    if (motion === undefined) this.#close(eye);
    else eye.retune(motion);
  }

  find(cameraId: Uuid): Eye | undefined {
    return this.#eyes.get(cameraId);
  }

  /** Resolves when everything that waits was looked at. */
  async idle(): Promise<void> {
    while (this.#inWork.size > 0) await Promise.all(this.#inWork);
  }

  /** Since start. */
  stats(): { readonly looks: number; readonly failed: number } {
    return { looks: this.#looks, failed: this.#failed };
  }

  #motionOf(cameraId: Uuid): MotionSettings | undefined {
    const settings = this.#deps.cameras.settingsOf(cameraId);
    return settings?.enabled && settings.motion.enabled ? settings.motion : undefined;
  }

  #see(frame: Frame): void {
    if (frame.kind === contract.FRAME_KINDS.videoInit) return;
    const known = this.#eyes.get(frame.cameraId);
    if (this.#deps.agents.judges(frame.cameraId)) {
      if (known !== undefined) this.#close(known);
      return;
    }
    const eye = known ?? this.#open(frame);
    if (eye === undefined || frame.takenMs - eye.takenMs < LOOK_EVERY_MS) return;
    eye.waiting = frame;
    this.#queue.add(eye);
    this.#work();
  }

  #open({ tenantId, cameraId, kind }: Frame): Eye | undefined {
    const motion = this.#motionOf(cameraId);
    if (motion === undefined) return undefined;
    const isVideo = kind === contract.FRAME_KINDS.videoFragment;
    const eye = new Eye(tenantId, cameraId, motion, isVideo ? LOOKS_OF_VIDEO : undefined);
    this.#eyes.set(cameraId, eye);
    return eye;
  }

  #close(eye: Eye): void {
    this.#eyes.delete(eye.cameraId);
    this.#queue.delete(eye);
    this.#deps.sight.forget(eye.cameraId);
    for (const change of eye.machine.end())
      this.#deps.keeper.apply(eye.tenantId, eye.cameraId, "motion", change);
  }

  #work(): void {
    for (const eye of this.#queue) {
      if (this.#inWork.size >= MAX_IN_WORK) return;
      if (eye.busy) continue;
      this.#queue.delete(eye);
      const work = this.#look(eye).finally(() => {
        this.#inWork.delete(work);
        this.#work();
      });
      this.#inWork.add(work);
    }
  }

  async #look(eye: Eye): Promise<void> {
    const { waiting: frame, cameraId, tenantId } = eye;
    if (frame === undefined) return;
    eye.waiting = undefined;
    eye.takenMs = frame.takenMs;
    eye.busy = true;
    try {
      const luma = await this.#deps.sight.luma(frame);
      eye.failing = false;
      if (this.#eyes.get(cameraId) !== eye) return;
      const look = eye.look(luma, frame.takenMs);
      this.#looks++;
      this.#deps.density.note(tenantId, cameraId, look.atMs, strengthDigit(look));
      for (const change of eye.machine.take(look))
        this.#deps.keeper.apply(tenantId, cameraId, "motion", change);
      this.#deps.looked(frame, look.moves);
    } catch (error) {
      this.#failed++;
      // Once, however many follow: a camera with a fault has it in every frame.
      if (!eye.failing) this.#deps.log.warn({ cameraId, err: error }, "camera_events.not_decoded");
      eye.failing = true;
    } finally {
      eye.busy = false;
    }
  }

  #pass(): void {
    const nowMs = this.#deps.clock.nowMs();
    for (const eye of this.#eyes.values())
      for (const change of eye.machine.pass(nowMs))
        this.#deps.keeper.apply(eye.tenantId, eye.cameraId, "motion", change);
  }
}
