import { COLUMNS, LUMA_HEIGHT, LUMA_WIDTH, MotionGate, ROWS } from "@gatehouse/motion";
import { assertPicture } from "../assert-picture.ts";
import type { Detection, Detector, DetectorDescription, LookOptions, Picture } from "../detector.ts";

/** Rec. 601 weights of red, green and blue, in 256ths. */
const [RED, GREEN, BLUE] = [77, 150, 29];
const LABEL = "motion";

/** One box around all that moves, for cameras whose machine is too small for a model. Of one camera, in order. */
export class MotionDetector implements Detector {
  readonly description: DetectorDescription = {
    kind: "motion",
    labels: [LABEL],
    inputSize: { width: LUMA_WIDTH, height: LUMA_HEIGHT },
  };
  readonly #gate: MotionGate;

  /** @param sensitivity 1…100 */
  constructor(sensitivity: number) {
    this.#gate = new MotionGate({ sensitivity, zones: [] });
  }

  async detect(picture: Picture, { labels }: LookOptions): Promise<readonly Detection[]> {
    assertPicture(picture);
    const { moves } = this.#gate.look(lumaOf(picture), picture.atMs);
    if (!moves || (labels !== undefined && !labels.includes(LABEL))) return [];
    return [{ ...aroundCells(this.#gate.cells(), picture), label: LABEL, score: 1 }];
  }

  async close(): Promise<void> {
    // Nothing was started.
  }
}

/** Brightness at the gate's size: the mean of the pixels below each of its pixels. */
function lumaOf({ rgb, width, height }: Picture): Uint8Array {
  const luma = new Uint8Array(LUMA_WIDTH * LUMA_HEIGHT);
  for (let y = 0, at = 0; y < LUMA_HEIGHT; y++) {
    const [top, bottom] = range(y, LUMA_HEIGHT, height);
    for (let x = 0; x < LUMA_WIDTH; x++, at++) {
      const [left, right] = range(x, LUMA_WIDTH, width);
      let sum = 0;
      for (let row = top; row < bottom; row++)
        for (let i = (row * width + left) * 3; i < (row * width + right) * 3; i += 3)
          sum += RED * (rgb[i] as number) + GREEN * (rgb[i + 1] as number) + BLUE * (rgb[i + 2] as number);
      luma[at] = sum / ((bottom - top) * (right - left)) / 256;
    }
  }
  return luma;
}

/** Pixels of the picture below one of so many; at least one. */
function range(i: number, count: number, pixels: number): [number, number] {
  const first = Math.floor((i * pixels) / count);
  return [first, Math.max(first + 1, Math.floor(((i + 1) * pixels) / count))];
}

function aroundCells(cells: Uint8Array, { width, height }: Picture) {
  const moving = [...cells.keys()].filter((cell) => cells[cell] !== 0);
  const columns = moving.map((cell) => cell % COLUMNS);
  const rows = moving.map((cell) => Math.floor(cell / COLUMNS));
  return {
    x1: (Math.min(...columns) * width) / COLUMNS,
    y1: (Math.min(...rows) * height) / ROWS,
    x2: ((Math.max(...columns) + 1) * width) / COLUMNS,
    y2: ((Math.max(...rows) + 1) * height) / ROWS,
  };
}
