import type { Clock } from "@gatehouse/base";
import type { Detector, DetectorKind, Size } from "./detector.ts";
import type { ModelFile } from "./inference/loaded-model.ts";
import { ModelDetector } from "./kinds/model-detector.ts";
import { MotionDetector } from "./kinds/motion-detector.ts";
import { noDetector } from "./kinds/no-detector.ts";
import { type PostForm, RemoteDetector } from "./kinds/remote-detector.ts";

/** What is chosen for a camera. A model's detector may serve many cameras; one of motion serves one. */
export type DetectorChoice =
  | { readonly kind: "none" }
  | { readonly kind: "motion"; readonly sensitivity: number }
  | ModelChoice<"onnx">
  | ModelChoice<"ncnn">
  | { readonly kind: "remote"; readonly post: PostForm };

interface ModelChoice<Format extends ModelFile["format"]> {
  readonly kind: Format;
  readonly file: Extract<ModelFile, { format: Format }>;
  readonly inputSize?: Size;
  /** It came from outside: it is run in a process of its own. */
  readonly isForeign?: boolean;
}

type Openers = {
  readonly [Kind in DetectorKind]: (
    choice: Extract<DetectorChoice, { kind: Kind }>,
    clock: Clock,
  ) => Detector | Promise<Detector>;
};

const OPENERS: Openers = {
  none: noDetector,
  motion: ({ sensitivity }) => new MotionDetector(sensitivity),
  onnx: ({ kind: _, ...settings }, clock) => ModelDetector.open(settings, clock),
  ncnn: ({ kind: _, ...settings }, clock) => ModelDetector.open(settings, clock),
  remote: ({ post }) => new RemoteDetector(post),
};

/** Throws `detector.model_invalid` for a file that is no model. */
export async function openDetector(choice: DetectorChoice, clock: Clock): Promise<Detector> {
  const open = OPENERS[choice.kind] as (choice: DetectorChoice, clock: Clock) => Detector | Promise<Detector>;
  return await open(choice, clock);
}
