import type { ErrorCode, UnixMs, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { type Followed, type FoundThing, VisitMachine, visitSettings } from "@gatehouse/detect";
import type { Frame } from "../ports.ts";

export type DetectionSettings = cameras.DetectionSettings;
type Zones = cameras.CameraSettings["motion"]["zones"];

/** About five looks a second while something moves, at whatever pace frames come. */
const LOOK_EVERY_MS = 180;
/** While somebody is there who does not move, and for a while after. */
const STILL_EVERY_MS = 450;
const AFTER_SOMEBODY_MS = 5_000;
/** A thing that moved is looked at a little longer than it moves. */
const AFTER_MOTION_MS = 1_000;
/** Who stands still from the beginning, or moves less than the gate sees, is found by a look every so often. */
const NOW_AND_THEN_MS = 4_000;
const RATE_OVER_MS = 10_000;

/** What one look found, and what it took. */
export interface Finding {
  readonly atMs: UnixMs;
  readonly things: readonly FoundThing[];
  readonly tookMs: number;
}

/** Of one camera in whose pictures something is looked for: when it is next, and who is there. */
export class Lookout {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  settings: DetectionSettings;
  readonly #machine: VisitMachine;
  #movedMs = Number.NEGATIVE_INFINITY;
  #foundMs = Number.NEGATIVE_INFINITY;
  #takenMs = Number.NEGATIVE_INFINITY;
  #lookedMs: UnixMs[] = [];
  #lookMs = 0;
  #boxes: readonly cameras.FoundBox[] = [];
  /** The newest frame that is to be looked at; older ones are not looked at any more. */
  waiting: Frame | undefined;
  busy = false;
  /** Of the event that goes on. */
  eventId: Uuid | undefined;
  /** Of this camera's own pictures. */
  problem: ErrorCode | undefined;

  constructor(tenantId: Uuid, cameraId: Uuid, settings: DetectionSettings, zones: Zones) {
    this.tenantId = tenantId;
    this.cameraId = cameraId;
    this.settings = settings;
    this.#machine = new VisitMachine(visitSettings(settings, zones));
  }

  retune(settings: DetectionSettings, zones: Zones): void {
    this.settings = settings;
    this.#machine.retune(visitSettings(settings, zones));
  }

  /** @param moves what the motion gate says of this frame; true where there is none */
  isDue({ takenMs }: Frame, moves: boolean): boolean {
    if (moves) this.#movedMs = takenMs;
    const sinceMs = takenMs - this.#takenMs;
    if (takenMs - this.#movedMs < AFTER_MOTION_MS) return sinceMs >= LOOK_EVERY_MS;
    return sinceMs >= (takenMs - this.#foundMs < AFTER_SOMEBODY_MS ? STILL_EVERY_MS : NOW_AND_THEN_MS);
  }

  /** The frame that is looked at now. */
  take(): Frame | undefined {
    const frame = this.waiting;
    this.waiting = undefined;
    if (frame !== undefined) this.#takenMs = frame.takenMs;
    return frame;
  }

  judge({ atMs, things, tookMs }: Finding): Followed {
    this.#lookMs = this.#lookMs === 0 ? tookMs : this.#lookMs + (tookMs - this.#lookMs) / 10;
    this.#lookedMs = [...this.#lookedMs.filter((lookedMs) => atMs - lookedMs < RATE_OVER_MS), atMs];
    const followed = this.#machine.take({ atMs, things });
    this.#boxes = followed.things;
    if (followed.things.length > 0) this.#foundMs = atMs;
    return followed;
  }

  pass(nowMs: UnixMs): Followed["changes"] {
    return this.#machine.pass(nowMs);
  }

  end(): Followed["changes"] {
    return this.#machine.end();
  }

  get isGoingOn(): boolean {
    return this.#machine.isGoingOn;
  }

  /** By the newest look; undefined before the first. */
  get found(): { readonly atMs: UnixMs; readonly boxes: readonly cameras.FoundBox[] } | undefined {
    const atMs = this.#lookedMs.at(-1);
    return atMs === undefined ? undefined : { atMs, boxes: this.#boxes };
  }

  view(nowMs: UnixMs, model: string): cameras.DetectionView {
    const atMs = this.#lookedMs.at(-1);
    const recent = this.#lookedMs.filter((lookedMs) => nowMs - lookedMs < RATE_OVER_MS);
    const isOld = atMs === undefined || nowMs - atMs > NOW_AND_THEN_MS;
    return {
      state: this.#state(nowMs),
      model,
      ...(atMs === undefined ? {} : { atMs }),
      boxes: isOld ? [] : [...this.#boxes],
      lookMs: Math.round(this.#lookMs * 10) / 10,
      looksPerSecond: recent.length / (RATE_OVER_MS / 1_000),
      by: "server",
    };
  }

  #state(nowMs: UnixMs): cameras.DetectionView["state"] {
    if (nowMs - this.#takenMs > 2 * NOW_AND_THEN_MS)
      return this.waiting === undefined ? "no_picture" : "busy";
    const isLively = nowMs - this.#movedMs < AFTER_MOTION_MS || nowMs - this.#foundMs < AFTER_SOMEBODY_MS;
    return isLively ? "looking" : "still";
  }
}
