import {
  type Clock,
  type ErrorCode,
  isAppError,
  type Logger,
  newUuid,
  type Random,
  type Timer,
  type Uuid,
} from "@gatehouse/base";
import { type Bus, cameras as contract } from "@gatehouse/contract";
import type { Detection, VisitChange } from "@gatehouse/detect";
import { encodePicture } from "../../../platform/pictures/index.ts";
import type { EventKeeper } from "../keeper.ts";
import type { Cameras, Detectors, Frame, Frames, OpenedDetector } from "../ports.ts";
import type { Sight } from "../sight.ts";
import { type DetectorLane, DetectorLanes } from "./detector-lanes.ts";
import { Lookout } from "./lookout.ts";
import { eventOf, roundedBox } from "./visit-event.ts";

const TICK_MS = 1_000;
/** For a detector elsewhere, which is sent a picture: no larger than that. */
const SENT_SIZE = { width: 1_280, height: 1_280 } as const;
const SENT_QUALITY = 85;

export interface LookerDeps {
  readonly frames: Pick<Frames, "subscribe">;
  readonly cameras: Cameras;
  readonly detectors: Detectors;
  readonly keeper: EventKeeper;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly sight: Sight;
  /** Whether the camera's frames come with what the motion gate says of them (`looked`). */
  readonly isGated: (cameraId: Uuid) => boolean;
  /** What a gate elsewhere says; undefined where none does. */
  readonly moves: (cameraId: Uuid) => boolean | undefined;
  /** Cameras whose own machines look for people. */
  readonly isElsewhere: (cameraId: Uuid) => boolean;
}

/** Looks for people, and what else is wanted, in pictures of cameras, and makes events of who is found. */
export class Looker {
  readonly #deps: LookerDeps;
  readonly #lookouts = new Map<Uuid, Lookout>();
  readonly #lanes: DetectorLanes;
  #ends: (() => void)[] = [];
  #looks = 0;
  #skipped = 0;
  #failed = 0;
  #lookMs = 0;

  constructor(deps: LookerDeps) {
    this.#deps = deps;
    this.#lanes = new DetectorLanes({
      ...deps,
      look: (lookout, opened) => this.#look(lookout, opened),
      failed: ({ cameraId }, error, isNews) => {
        this.#failed++;
        if (isNews) deps.log.warn({ cameraId, err: error }, "detection.failed");
      },
    });
  }

  start(): void {
    const { clock, detectors, frames } = this.#deps;
    const tick: Timer = clock.every(TICK_MS, () => this.#pass());
    this.#ends = [
      () => tick.cancel(),
      frames.subscribe((frame) => {
        if (!this.#deps.isGated(frame.cameraId)) this.see(frame, this.#deps.moves(frame.cameraId) ?? true);
      }),
      detectors.onChanged((tenantId, id) => this.#lanes.changed(tenantId, id)),
    ];
  }

  /** Looks to the end at what is in work; what goes on ends now. */
  async stop(): Promise<void> {
    for (const end of this.#ends) end();
    await this.#lanes.stop();
    for (const lookout of [...this.#lookouts.values()]) this.#close(lookout);
  }

  /** A frame, and what the motion gate says of it. */
  see(frame: Frame, moves: boolean): void {
    if (frame.kind === contract.FRAME_KINDS.videoInit) return;
    const known = this.#lookouts.get(frame.cameraId);
    if (this.#deps.isElsewhere(frame.cameraId)) {
      if (known !== undefined) this.#close(known);
      return;
    }
    const lookout = known ?? this.#open(frame);
    if (lookout === undefined || !lookout.isDue(frame, moves)) return;
    if (lookout.waiting !== undefined) this.#skipped++;
    lookout.waiting = frame;
    const lane = this.#lanes.of(lookout.tenantId, lookout.settings.detector);
    if (lane === undefined) lookout.problem = "server.busy";
    lane?.add(lookout);
  }

  /** The camera's settings are others, or it is gone. */
  changed(cameraId: Uuid): void {
    const lookout = this.#lookouts.get(cameraId);
    if (lookout === undefined) return;
    const settings = this.#settingsOf(cameraId);
    if (settings === undefined) {
      this.#close(lookout);
      return;
    }
    this.#laneOf(lookout)?.drop(lookout);
    lookout.retune(settings.detection, settings.motion.zones);
  }

  isGoingOn(cameraId: Uuid): boolean {
    return this.#lookouts.get(cameraId)?.isGoingOn === true;
  }

  /** Why nobody is looked for, as a code; undefined while all is well. */
  problemOf(cameraId: Uuid): ErrorCode | undefined {
    const lookout = this.#lookouts.get(cameraId);
    return lookout && (this.#laneOf(lookout)?.problem ?? lookout.problem);
  }

  found(cameraId: Uuid): Lookout["found"] {
    return this.#lookouts.get(cameraId)?.found;
  }

  view(cameraId: Uuid): contract.DetectionView {
    const lookout = this.#lookouts.get(cameraId);
    if (lookout !== undefined) {
      const problem = this.problemOf(cameraId);
      const view = lookout.view(this.#deps.clock.nowMs(), this.#laneOf(lookout)?.name ?? "");
      return problem === undefined ? view : { ...view, state: "failed", problem };
    }
    const state = this.#settingsOf(cameraId) === undefined ? "off" : "no_picture";
    return { state, model: "", boxes: [], lookMs: 0, looksPerSecond: 0, by: "server" };
  }

  /** Since start: looks, frames that newer ones came before, looks that failed (a picture or a detector), and what the looks took altogether. */
  stats(): {
    readonly looks: number;
    readonly skipped: number;
    readonly failed: number;
    readonly lookMs: number;
  } {
    return { looks: this.#looks, skipped: this.#skipped, failed: this.#failed, lookMs: this.#lookMs };
  }

  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  #settingsOf(cameraId: Uuid): contract.CameraSettings | undefined {
    const settings = this.#deps.cameras.settingsOf(cameraId);
    return settings?.enabled && settings.detection.enabled ? settings : undefined;
  }

  #laneOf({ tenantId, settings }: Lookout): DetectorLane | undefined {
    return this.#lanes.find(tenantId, settings.detector);
  }

  #open({ tenantId, cameraId }: Frame): Lookout | undefined {
    const settings = this.#settingsOf(cameraId);
    if (settings === undefined) return undefined;
    const lookout = new Lookout(tenantId, cameraId, settings.detection, settings.motion.zones);
    this.#lookouts.set(cameraId, lookout);
    return lookout;
  }

  #close(lookout: Lookout): void {
    this.#lookouts.delete(lookout.cameraId);
    const lane = this.#laneOf(lookout);
    lane?.drop(lookout);
    this.#deps.sight.forget(lookout.cameraId);
    this.#apply(lookout, lookout.end(), lane?.name ?? "");
  }

  async #look(lookout: Lookout, { detector, name }: OpenedDetector): Promise<void> {
    const frame = lookout.take();
    if (frame === undefined) return;
    const { clock, sight } = this.#deps;
    const startedMs = clock.monotonicMs();
    const { inputSize } = detector.description;
    const pixels = await sight.pixels(frame, inputSize ?? SENT_SIZE).catch((error: unknown) => {
      this.#notDecoded(lookout, error);
    });
    if (pixels === undefined) return;
    const sent =
      inputSize === undefined ? { jpeg: await encodePicture(pixels.rgb, pixels, SENT_QUALITY) } : {};
    const { classes: labels, minScore } = lookout.settings;
    const found = await detector.detect({ ...pixels, ...sent, atMs: frame.takenMs }, { labels, minScore });
    const tookMs = clock.monotonicMs() - startedMs;
    this.#looks++;
    this.#lookMs += tookMs;
    lookout.problem = undefined;
    if (this.#lookouts.get(frame.cameraId) !== lookout) return;
    const things = found.map((one) => shareOf(one, pixels));
    const followed = lookout.judge({ atMs: frame.takenMs, things, tookMs });
    if (followed.things.length > 0) {
      const { tenantId, cameraId, takenMs } = frame;
      const boxes = followed.things.map(roundedBox);
      this.#deps.bus.publish("camera.found", { tenantId, cameraId, takenMs, model: name, boxes });
    }
    this.#apply(lookout, followed.changes, name);
  }

  #apply(lookout: Lookout, changes: readonly VisitChange[], model: string): void {
    const { clock, keeper, random } = this.#deps;
    const { tenantId, cameraId } = lookout;
    for (const change of changes) {
      const id = lookout.eventId ?? newUuid(clock, random);
      lookout.eventId = change.kind === "ended" ? undefined : id;
      keeper.put(eventOf({ id, tenantId, cameraId, model }, change));
    }
  }

  /** Of one camera. Where a gate looks too, that one has said it. */
  #notDecoded(lookout: Lookout, error: unknown): void {
    const { cameraId, problem } = lookout;
    this.#failed++;
    if (problem === undefined && !this.#deps.isGated(cameraId))
      this.#deps.log.warn({ cameraId, err: error }, "detection.not_decoded");
    lookout.problem = isAppError(error) ? error.code : "frame.malformed";
  }

  #pass(): void {
    const nowMs = this.#deps.clock.nowMs();
    this.#lanes.pass();
    for (const lookout of this.#lookouts.values())
      this.#apply(lookout, lookout.pass(nowMs), this.#laneOf(lookout)?.name ?? "");
  }
}

function shareOf(
  { label, score, x1, y1, x2, y2 }: Detection,
  { width, height }: { readonly width: number; readonly height: number },
) {
  const [x, y] = [x1 / width, y1 / height];
  return { label, score, x, y, width: x2 / width - x, height: y2 / height - y };
}
