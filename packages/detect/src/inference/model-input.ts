import type { Size } from "../detector.ts";
import { modelInvalid } from "../model-invalid.ts";
import { ELEMENT, type OnnxModel } from "../onnx/onnx-model.ts";

const SIZE_STEP = 32;
const MIN_SIZE = 64;
const MAX_SIZE = 1_280;
/** What most detectors were trained at. */
const USUAL_SIZE = 640;

export interface ModelInput extends Size {
  readonly name: string;
}

/**
 * The one picture that a model takes: [1, 3, height, width] in 32-bit floats. Where the file leaves its size open, the
 * wish counts, then what the metadata says, then 640. Throws `detector.model_invalid`.
 */
export function inputOf({ inputs, metadata }: OnnxModel, wish?: Size): ModelInput {
  const [input] = inputs;
  if (input === undefined || inputs.length !== 1) throw modelInvalid("it does not take exactly one picture");
  if (input.elementType !== ELEMENT.float)
    throw modelInvalid("its input is not of 32-bit floats; export it without half precision");
  const [batch, channels, height, width] = input.dims;
  if (input.dims.length !== 4 || (batch ?? 1) !== 1 || (channels ?? 3) !== 3)
    throw modelInvalid("its input is not one picture of three colours, colours first");
  const open = wish ?? sizeInMetadata(metadata) ?? { width: USUAL_SIZE, height: USUAL_SIZE };
  const size = { width: width ?? open.width, height: height ?? open.height };
  for (const pixels of [size.width, size.height])
    if (pixels % SIZE_STEP !== 0 || pixels < MIN_SIZE || pixels > MAX_SIZE)
      throw modelInvalid(
        `its pictures are not of ${MIN_SIZE} to ${MAX_SIZE} pixels in steps of ${SIZE_STEP}`,
        {
          width: size.width,
          height: size.height,
        },
      );
  return { name: input.name, ...size };
}

/** `[height, width]`, as exports of YOLO write it. */
function sizeInMetadata(metadata: ReadonlyMap<string, string>): Size | undefined {
  const [, height, width] =
    /^\s*\[\s*(\d{1,4})\s*,\s*(\d{1,4})\s*\]\s*$/.exec(metadata.get("imgsz") ?? "") ?? [];
  return height === undefined ? undefined : { width: Number(width), height: Number(height) };
}
