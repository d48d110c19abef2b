import type { Clock, Logger, MonotonicMs, Timer } from "@gatehouse/base";
import { type CodedPicture, LumaDecoder } from "@gatehouse/capture";
import {
  type CameraLooks,
  type CameraOrders,
  MAX_LOOK_AGE_MS,
  MAX_LOOKS,
} from "@gatehouse/device-types/camera-words";
import { COLUMNS, type Look, LUMA_HEIGHT, LUMA_WIDTH, MotionGate, ROWS } from "@gatehouse/motion";
import { faultOf } from "../sensors/files.ts";
import type { SoundPicture } from "./sound-pictures.ts";

/** About five looks a second at whatever pace pictures come. */
const LOOK_EVERY_MS = 180;
/** What was seen is told so often, and at once when something begins to move. */
const TELL_EVERY_MS = 1_000;
/** Digits behind the point: a ten-thousandth of the watched cells. */
const SHARE_STEPS = 10_000;

export interface CameraEyeDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly ffmpeg: () => Promise<string>;
  /** Resolves when the server has taken it. */
  tell(looks: CameraLooks): Promise<void>;
}

/** Looks at one camera's pictures where they are taken, and tells the server what moves. */
export class CameraEye {
  readonly #deps: CameraEyeDeps;
  readonly #decoder: LumaDecoder;
  #gate: MotionGate | undefined;
  #lookedMs: MonotonicMs = Number.NEGATIVE_INFINITY;
  #isBusy = false;
  #looks: Look[] = [];
  #isTelling = false;
  #wasMoving = false;
  #isVideo = false;
  readonly #timer: Timer;
  #looked = 0;
  #failed = 0;

  constructor(deps: CameraEyeDeps) {
    this.#deps = deps;
    this.#decoder = new LumaDecoder({ ...deps, width: LUMA_WIDTH, height: LUMA_HEIGHT });
    this.#timer = deps.clock.every(TELL_EVERY_MS, () => void this.#tell());
  }

  /** Since start: pictures looked at, and such that could not be decoded. */
  get counts(): { readonly looks: number; readonly notDecoded: number } {
    return { looks: this.#looked, notDecoded: this.#failed };
  }

  /** Undefined: nobody wants to know what moves. */
  setMotion(motion: CameraOrders["motion"]): void {
    if (motion === undefined) {
      this.#gate = undefined;
      this.#looks = [];
      this.#decoder.stop();
    } else if (this.#gate === undefined) this.#gate = new MotionGate(motion);
    else this.#gate.retune(motion);
  }

  /** Whether something moves; undefined while nobody wants to know. */
  get moves(): boolean | undefined {
    return this.#gate && this.#wasMoving;
  }

  see(picture: SoundPicture): void {
    const nowMs = this.#deps.clock.monotonicMs();
    if (this.#gate === undefined || this.#isBusy || nowMs - this.#lookedMs < LOOK_EVERY_MS) return;
    const coded = picture.coded();
    if (coded === undefined) return;
    this.#lookedMs = nowMs;
    void this.#look(coded, nowMs);
  }

  stop(): void {
    this.#timer.cancel();
    this.#gate = undefined;
    this.#decoder.stop();
  }

  async #look(coded: CodedPicture, atMs: MonotonicMs): Promise<void> {
    this.#isBusy = true;
    try {
      const luma = await this.#decoder.decode(coded);
      const look = this.#gate?.look(luma, atMs);
      if (look === undefined) return;
      this.#looked++;
      this.#isVideo = coded.codec === "h264";
      this.#looks = [...this.#looks, look].slice(-MAX_LOOKS);
      if (look.moves && !this.#wasMoving) void this.#tell();
      this.#wasMoving = look.moves;
    } catch (error) {
      // Once, however many follow: a camera with a fault has it in every picture.
      if (this.#failed++ === 0) this.#deps.log.warn({ reason: faultOf(error) }, "camera.not_judged");
    } finally {
      this.#isBusy = false;
    }
  }

  /** What cannot be told now is of no use later. */
  async #tell(): Promise<void> {
    const gate = this.#gate;
    if (this.#isTelling || gate === undefined || this.#looks.length === 0) return;
    const looks = this.#looks;
    this.#looks = [];
    this.#isTelling = true;
    try {
      const word = wordOf(looks, gate, this.#deps.clock.monotonicMs());
      await this.#deps.tell({ ...word, video: this.#isVideo });
    } catch (error) {
      this.#deps.log.debug({ reason: faultOf(error) }, "camera.looks_not_told");
    } finally {
      this.#isTelling = false;
    }
  }
}

function wordOf(looks: readonly Look[], gate: MotionGate, nowMs: MonotonicMs): Omit<CameraLooks, "video"> {
  const { threshold, dark } = looks.at(-1) as Look;
  return {
    kind: "camera",
    says: "looks",
    looks: looks.map(({ atMs, share, moves, zones }) => ({
      agoMs: Math.min(MAX_LOOK_AGE_MS, Math.max(0, Math.round(nowMs - atMs))),
      share: Math.min(1, Math.round(share * SHARE_STEPS) / SHARE_STEPS),
      moves,
      zones: [...zones],
    })),
    threshold: Math.min(1, threshold),
    dark,
    cells: rowsOf(gate),
  };
}

function rowsOf(gate: MotionGate): string[] {
  const cells = gate.cells();
  const { watched } = gate;
  return Array.from({ length: ROWS }, (_, row) =>
    Array.from({ length: COLUMNS }, (_, column) => {
      const cell = row * COLUMNS + column;
      return watched[cell] === 0 ? "-" : String(cells[cell]);
    }).join(""),
  );
}
