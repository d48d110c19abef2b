import { type Clock, isAppError, type Logger, type MonotonicMs, type UnixMs } from "@gatehouse/base";
import { LumaDecoder } from "@gatehouse/capture";
import type { RgbPicture } from "@gatehouse/capture/pictures";
import {
  type Detection,
  type Detector,
  type FollowedThing,
  type FoundThing,
  type Size,
  type VisitChange,
  VisitMachine,
  visitSettings,
} from "@gatehouse/detect";
import type { CameraOrders } from "@gatehouse/device-types/camera-words";
import { faultOf } from "../../sensors/files.ts";
import type { SoundPicture } from "../sound-pictures.ts";
import type { Chosen } from "./detectors.ts";

/** About five looks a second at whatever pace pictures come. */
const LOOK_EVERY_MS = 180;
/** After the last person it goes on looking for this long, though nothing moves. */
const AFTER_PERSON_MS = 5_000;
/** People who stand still are found by a look every so often. */
const PERIODIC_MS = 5_000;
/** Where a detector says nothing of the size of its pictures. */
const DEFAULT_SIDE = 416;
const RATE_OVER_MS = 10_000;

export type DetectionOrders = NonNullable<CameraOrders["detection"]>;

/** What one look found of what counts. */
export interface Finding {
  readonly atMs: UnixMs;
  /** Name of what looked; empty where nothing did. */
  readonly model: string;
  readonly things: readonly FollowedThing[];
  readonly changes: readonly VisitChange[];
  /** What was looked at; undefined where time alone passed. */
  readonly picture: Uint8Array | RgbPicture | undefined;
}

export interface LookoutDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly ffmpeg: () => Promise<string>;
  /** What looks now; undefined in it until it is there. */
  choose(): Chosen;
  /** A look failed with what was chosen. */
  failed(chosen: Chosen): void;
  /** Whether something moves; undefined where no gate judges. */
  moves(): boolean | undefined;
  found(finding: Finding): void;
}

/** Looks for people and other things in one camera's pictures, on this machine: when something moves, and now and then. */
export class Lookout {
  readonly #deps: LookoutDeps;
  #orders: DetectionOrders | undefined;
  #machine: VisitMachine | undefined;
  #decoder: LumaDecoder | undefined;
  #size: Size = { width: 0, height: 0 };
  #isBusy = false;
  #lookedMs: MonotonicMs = Number.NEGATIVE_INFINITY;
  #foundMs: MonotonicMs = Number.NEGATIVE_INFINITY;
  #atMs: UnixMs = 0;
  #model = "";
  #looks: MonotonicMs[] = [];
  #lookMs = 0;
  #looked = 0;
  #failed = 0;

  constructor(deps: LookoutDeps) {
    this.#deps = deps;
  }

  get counts() {
    const sinceMs = this.#deps.clock.monotonicMs() - RATE_OVER_MS;
    this.#looks = this.#looks.filter((atMs) => atMs >= sinceMs);
    return {
      detects: this.#orders !== undefined,
      detectorLooks: this.#looked,
      looksPerSecond: Math.round((this.#looks.length * 10_000) / RATE_OVER_MS) / 10,
      lookMs: Math.round(this.#lookMs),
      notLooked: this.#failed,
    };
  }

  /** Undefined: nobody wants anything looked for; a visit that goes on ends. */
  set(orders: DetectionOrders | undefined): void {
    this.#orders = orders;
    if (orders === undefined) {
      this.#tell([], this.#machine?.end() ?? []);
      this.#machine = undefined;
      this.#decoder?.stop();
      this.#decoder = undefined;
    } else if (this.#machine === undefined)
      this.#machine = new VisitMachine(visitSettings(orders, orders.zones));
    else this.#machine.retune(visitSettings(orders, orders.zones));
  }

  /** @param nowMs the server's time */
  see(picture: SoundPicture, nowMs: UnixMs): void {
    const tickMs = this.#deps.clock.monotonicMs();
    if (this.#orders === undefined || this.#isBusy || !this.#isDue(tickMs)) return;
    const chosen = this.#deps.choose();
    if (chosen.detector === undefined) return;
    this.#lookedMs = tickMs;
    void this.#look(picture, nowMs, { ...chosen, detector: chosen.detector });
  }

  /** Once a second: what is over is over though no picture comes. */
  tick(nowMs: UnixMs): void {
    const changes = this.#machine?.pass(nowMs) ?? [];
    if (changes.length > 0) this.#tell([], changes);
  }

  stop(): void {
    this.set(undefined);
  }

  #isDue(tickMs: MonotonicMs): boolean {
    const sinceMs = tickMs - this.#lookedMs;
    if (sinceMs < LOOK_EVERY_MS) return false;
    const isLively = (this.#deps.moves() ?? true) || tickMs - this.#foundMs < AFTER_PERSON_MS;
    return isLively || sinceMs >= PERIODIC_MS;
  }

  async #look(
    picture: SoundPicture,
    nowMs: UnixMs,
    chosen: Chosen & { readonly detector: Detector },
  ): Promise<void> {
    const { clock } = this.#deps;
    const orders = this.#orders as DetectionOrders;
    const { detector, model } = chosen;
    const coded = picture.coded();
    if (coded === undefined) return;
    this.#isBusy = true;
    const startedMs = clock.monotonicMs();
    try {
      const size = fitted(picture, detector.description.inputSize);
      const rgb = await this.#decoderOf(size).decode(coded);
      const { classes: labels, minScore } = orders;
      const looked = { ...size, rgb, atMs: nowMs };
      const found = await detector.detect(looked, { labels, minScore }).catch((error: unknown) => {
        // Others come first: that is no fault of it.
        if (!isAppError(error, "server.busy")) this.#deps.failed(chosen);
        throw error;
      });
      const tookMs = clock.monotonicMs() - startedMs;
      this.#lookMs = this.#looked === 0 ? tookMs : this.#lookMs + (tookMs - this.#lookMs) / 10;
      this.#looked++;
      this.#looks.push(startedMs);
      this.#judge(
        found.map((one) => shareOf(one, size)),
        nowMs,
        model,
        coded.codec === "jpeg" ? coded.bytes : { ...size, rgb },
      );
    } catch (error) {
      if (this.#failed++ === 0) this.#deps.log.warn({ reason: faultOf(error) }, "camera.not_looked");
    } finally {
      this.#isBusy = false;
    }
  }

  #judge(
    things: readonly FoundThing[],
    nowMs: UnixMs,
    model: string,
    picture: Uint8Array | RgbPicture,
  ): void {
    // What this machine knows of the server's time may be put right meanwhile; looks come in their order.
    this.#atMs = Math.max(this.#atMs + 1, nowMs);
    const followed = this.#machine?.take({ atMs: this.#atMs, things });
    if (followed === undefined) return;
    if (followed.things.length > 0) this.#foundMs = this.#deps.clock.monotonicMs();
    this.#model = model;
    this.#tell(followed.things, followed.changes, picture);
  }

  #tell(
    things: readonly FollowedThing[],
    changes: readonly VisitChange[],
    picture?: Uint8Array | RgbPicture,
  ): void {
    this.#deps.found({ atMs: this.#atMs, model: this.#model, things, changes, picture });
  }

  #decoderOf(size: Size): LumaDecoder {
    if (this.#decoder === undefined || size.width !== this.#size.width || size.height !== this.#size.height) {
      this.#decoder?.stop();
      this.#size = size;
      this.#decoder = new LumaDecoder({ ...this.#deps, ...size, colour: true });
    }
    return this.#decoder;
  }
}

/** The picture's own shape, no larger than what the detector looks at. */
function fitted({ width, height }: Size, input: Size | undefined): Size {
  const wanted = input ?? { width: DEFAULT_SIDE, height: DEFAULT_SIDE };
  const scale = Math.min(1, wanted.width / width, wanted.height / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function shareOf({ label, score, x1, y1, x2, y2 }: Detection, { width, height }: Size): FoundThing {
  const share = (value: number, of: number): number => Math.min(1, Math.max(0, value / of));
  const [x, y] = [share(x1, width), share(y1, height)];
  return { label, score, x, y, width: share(x2, width) - x, height: share(y2, height) - y };
}
