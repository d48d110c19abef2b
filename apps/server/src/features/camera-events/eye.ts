import type { UnixMs, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { COLUMNS, EventMachine, type Look, MotionGate, ROWS } from "@gatehouse/motion";
import type { Frame } from "./ports.ts";

export type MotionSettings = cameras.CameraSettings["motion"];

/** Of one camera whose pictures are looked at: what is known of its scene, and the frame that is next. */
export class Eye {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly machine: EventMachine;
  readonly #gate: MotionGate;
  #newest: Look | undefined;
  /** The newest that nobody looked at; older ones are not looked at any more. */
  waiting: Frame | undefined;
  busy = false;
  /** Of the newest frame that was taken to be looked at. */
  takenMs: UnixMs = 0;
  failing = false;

  readonly #looksToBegin: number | undefined;

  /** `looksToBegin`: where they come more seldom than of pictures. */
  constructor(tenantId: Uuid, cameraId: Uuid, motion: MotionSettings, looksToBegin?: number) {
    this.tenantId = tenantId;
    this.cameraId = cameraId;
    this.#looksToBegin = looksToBegin;
    this.#gate = new MotionGate(motion);
    this.machine = new EventMachine(this.#eventSettings(motion));
  }

  retune(motion: MotionSettings): void {
    this.#gate.retune(motion);
    this.machine.retune(this.#eventSettings(motion));
  }

  look(luma: Uint8Array, atMs: UnixMs): Look {
    this.#newest = this.#gate.look(luma, atMs);
    return this.#newest;
  }

  #eventSettings({ endAfterSeconds }: MotionSettings) {
    const endAfterMs = endAfterSeconds * 1_000;
    return this.#looksToBegin === undefined
      ? { endAfterMs }
      : { endAfterMs, looksToBegin: this.#looksToBegin };
  }

  /** Undefined before the first look. */
  view(): cameras.MotionView | undefined {
    if (this.#newest === undefined) return undefined;
    const { share, threshold, dark, atMs } = this.#newest;
    const cells = this.#gate.cells();
    const { watched } = this.#gate;
    const rows = Array.from({ length: ROWS }, (_, row) =>
      Array.from({ length: COLUMNS }, (_, column) => {
        const cell = row * COLUMNS + column;
        return watched[cell] === 0 ? "-" : String(cells[cell]);
      }).join(""),
    );
    return { columns: COLUMNS, rows: ROWS, cells: rows, share, threshold, dark, atMs, by: "server" };
  }
}
