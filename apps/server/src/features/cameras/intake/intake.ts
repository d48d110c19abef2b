import type { Clock, Logger, Timer, Uuid } from "@gatehouse/base";
import type { Bus, cameras } from "@gatehouse/contract";
import { ALL_ON, type Controls } from "../../../platform/controls.ts";
import type { FrameHub } from "../frame-hub.ts";
import type { CameraDevices, FrameRefusal, Masker } from "../ports.ts";
import type { CameraSettingsBook } from "../settings.ts";
import type { LastFrame } from "./health.ts";
import type { IncomingFrame } from "./inspect.ts";
import { Lane } from "./lane.ts";
import type { FrameSource } from "./source.ts";
import { Totals } from "./totals.ts";

export interface IntakeDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly bus: Bus;
  readonly devices: CameraDevices;
  readonly masker: Masker;
  readonly settings: CameraSettingsBook;
  readonly hub: FrameHub;
  readonly controls?: Controls;
}

const WATCH_EVERY_MS = 1_000;
/** A camera at 25 frames a second is heard often enough. */
const HEARD_EVERY_MS = 2_000;

/** Every frame of every camera comes in here, whichever way it came. */
export class Intake {
  readonly totals = new Totals();
  readonly #deps: IntakeDeps;
  readonly #lanes = new Map<Uuid, Lane>();
  readonly #heardMs = new Map<Uuid, number>();
  /** As they were said on the bus. */
  readonly #states = new Map<Uuid, cameras.CameraState>();
  #timer: Timer | undefined;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = this.#deps.clock.every(WATCH_EVERY_MS, () => this.watch());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** A connection is there, before its first frame. False: a newer one took its place. */
  begin(source: FrameSource): boolean {
    return this.#laneOf(source.cameraId).begin(source);
  }

  end(source: FrameSource): void {
    this.#lanes.get(source.cameraId)?.end(source);
  }

  /** Why the frame is not taken; refusals are counted and said here. Never throws. */
  take(source: FrameSource, frame: IncomingFrame): FrameRefusal | undefined {
    const refusal = this.#take(source, frame);
    if (refusal !== undefined) this.refuse(source, refusal);
    return refusal;
  }

  #take(source: FrameSource, frame: IncomingFrame): FrameRefusal | undefined {
    const { clock, devices } = this.#deps;
    const { tenantId, cameraId, via, address } = source;
    const camera = devices.find(cameraId);
    if (camera?.tenantId !== tenantId) return "camera.none";
    if (camera.revoked) return "device.revoked";
    const refusal = this.#laneOf(cameraId).take(source, frame);
    if (refusal !== undefined) return refusal;
    this.totals.took(frame.bytes.length);
    const nowMs = clock.monotonicMs();
    if (nowMs - (this.#heardMs.get(cameraId) ?? Number.NEGATIVE_INFINITY) >= HEARD_EVERY_MS) {
      this.#heardMs.set(cameraId, nowMs);
      devices.heard(cameraId, { via, address }, clock.nowMs());
    }
    return undefined;
  }

  /** Also for what is refused before it is a frame. */
  refuse(source: FrameSource, code: FrameRefusal, detail?: string): void {
    const { bus, clock, devices } = this.#deps;
    const { tenantId, cameraId: deviceId, via, address } = source;
    this.totals.refused(code);
    // Of what is no camera nothing is remembered.
    if (devices.find(deviceId) !== undefined)
      this.#laneOf(deviceId).health.refused(code, clock.monotonicMs());
    const more = detail === undefined ? {} : { detail };
    bus.publish("message.refused", { tenantId, deviceId, code, via, address, ...more, atMs: clock.nowMs() });
  }

  stateOf(cameraId: Uuid): cameras.CameraState {
    if (!this.#deps.settings.of(cameraId).settings.enabled) return "off";
    return this.#lanes.get(cameraId)?.health.state(this.#deps.clock.monotonicMs()) ?? "never";
  }

  healthOf(cameraId: Uuid): cameras.CameraHealth {
    const lane = this.#lanes.get(cameraId);
    if (lane === undefined)
      return { framesPerSecond: 0, bytesPerSecond: 0, frames: 0, gaps: 0, refused: {}, skipped: 0 };
    const via = lane.source?.way;
    return {
      ...lane.health.view(this.#deps.clock.monotonicMs()),
      ...(via === undefined ? {} : { via }),
    };
  }

  /** What is known from before the start. */
  restore(cameraId: Uuid, former: LastFrame): void {
    if (this.#deps.devices.find(cameraId) !== undefined) this.#laneOf(cameraId).health.restore(former);
  }

  lastFrames(): readonly (LastFrame & { readonly cameraId: Uuid })[] {
    return [...this.#lanes].flatMap(([cameraId, { health }]) => {
      const { lastFrame } = health;
      if (lastFrame === undefined) return [];
      const { width, height, takenMs } = lastFrame;
      return [{ cameraId, width, height, takenMs }];
    });
  }

  /** How many cameras are in each state, of those that ever sent something. */
  states(): ReadonlyMap<cameras.CameraState, number> {
    const counts = new Map<cameras.CameraState, number>();
    for (const cameraId of this.#lanes.keys()) {
      const state = this.stateOf(cameraId);
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    return counts;
  }

  /** What came until now may not be shown any more: other masks, or switched off. */
  renew(cameraId: Uuid): void {
    this.#lanes.get(cameraId)?.renew();
    this.watch();
  }

  forget(cameraId: Uuid): void {
    this.renew(cameraId);
    this.#lanes.delete(cameraId);
    this.#heardMs.delete(cameraId);
    this.#states.delete(cameraId);
  }

  /** Says on the bus whose state is another than at the time before. */
  watch(): void {
    const { bus, clock, devices } = this.#deps;
    for (const cameraId of this.#lanes.keys()) {
      const state = this.stateOf(cameraId);
      if (state === this.#states.get(cameraId)) continue;
      const tenantId = devices.find(cameraId)?.tenantId;
      this.#states.set(cameraId, state);
      if (tenantId !== undefined)
        bus.publish("camera.state", { tenantId, cameraId, state, atMs: clock.nowMs() });
    }
  }

  #laneOf(cameraId: Uuid): Lane {
    const known = this.#lanes.get(cameraId);
    if (known !== undefined) return known;
    const { clock, controls = ALL_ON, hub, masker, settings } = this.#deps;
    const lane = new Lane(cameraId, {
      clock,
      hub,
      masker,
      isRateLimited: controls.frameRate,
      settings: () => settings.of(cameraId).settings,
      onReplaced: (older) => {
        this.refuse(older, "camera.taken");
        older.replaced?.();
      },
      onUnmaskable: (source, code) => this.refuse(source, code, "masking"),
    });
    this.#lanes.set(cameraId, lane);
    return lane;
  }
}
