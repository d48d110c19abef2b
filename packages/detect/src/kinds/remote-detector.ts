import { AppError } from "@gatehouse/base";
import type { Detection, Detector, DetectorDescription, LookOptions, Picture } from "../detector.ts";
import { MAX_DETECTIONS } from "../output/suppress.ts";

/** Sends one form to the detector's address; the answer's body is bounded and the wait limited by whoever fills this. */
export type PostForm = (form: FormData) => Promise<{ readonly status: number; readonly text: string }>;

const MAX_LABEL_LENGTH = 64;

/**
 * A detector elsewhere that speaks as DeepStack and CodeProject.AI do (docs of "POST /v1/vision/detection"): `image` as
 * JPEG and `min_confidence` in a form, `predictions` with label, confidence and edges in pixels back. The picture leaves
 * this machine: only for an address that the owner chose.
 */
export class RemoteDetector implements Detector {
  readonly description: DetectorDescription = { kind: "remote", labels: [] };
  readonly #post: PostForm;
  #closed = false;

  constructor(post: PostForm) {
    this.#post = post;
  }

  async detect(picture: Picture, { minScore, labels }: LookOptions): Promise<readonly Detection[]> {
    if (this.#closed) throw refused("the detector was closed");
    if (picture.jpeg === undefined) throw refused("the picture is not there as JPEG");
    const form = new FormData();
    form.set("image", new Blob([new Uint8Array(picture.jpeg)], { type: "image/jpeg" }), "picture.jpg");
    form.set("min_confidence", String(minScore));
    const { status, text } = await this.#post(form);
    if (status !== 200) throw refused(`the detector answered ${status}`);
    return parsePredictions(text, picture)
      .filter(({ label, score }) => score >= minScore && (labels?.includes(label) ?? true))
      .toSorted((one, other) => other.score - one.score)
      .slice(0, MAX_DETECTIONS);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }
}

const refused = (detail: string): AppError => new AppError("detector.failed", { detail });

function parsePredictions(text: string, picture: Picture): Detection[] {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw refused("the detector did not answer with JSON");
  }
  const { success, predictions } = (answer ?? {}) as { success?: unknown; predictions?: unknown };
  if (success !== true || !Array.isArray(predictions))
    throw refused("the detector did not answer with predictions");
  return predictions.flatMap((prediction) => toDetection(prediction, picture) ?? []);
}

/** Undefined for what is no box in the picture. */
function toDetection(prediction: unknown, { width, height }: Picture): Detection | undefined {
  const { label, confidence, ...edges } = (prediction ?? {}) as Record<string, unknown>;
  const [x1, y1, x2, y2] = [edges.x_min, edges.y_min, edges.x_max, edges.y_max].map((edge, i) =>
    typeof edge === "number" ? Math.min(i % 2 === 0 ? width : height, Math.max(0, edge)) : Number.NaN,
  ) as [number, number, number, number];
  if (typeof label !== "string" || !isLabel(label)) return undefined;
  if (typeof confidence !== "number" || !(confidence >= 0 && confidence <= 1)) return undefined;
  return x2 > x1 && y2 > y1 ? { x1, y1, x2, y2, label, score: confidence } : undefined;
}

/** Shown on one line, and stored: no control characters, no half of a surrogate pair. */
const isLabel = (label: string): boolean =>
  label.trim() !== "" && label.length <= MAX_LABEL_LENGTH && label.isWellFormed() && !/\p{Cc}/u.test(label);
