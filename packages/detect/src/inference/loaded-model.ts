import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { Detection, LookOptions, Picture, Size } from "../detector.ts";
import { modelInvalid } from "../model-invalid.ts";
import { convertNcnn } from "../ncnn/convert.ts";
import type { OnnxModel } from "../onnx/onnx-model.ts";
import { readModel } from "../onnx/read-model.ts";
import type { Tensor } from "../output/candidate.ts";
import { COCO_NAMES, parseClassNames } from "../output/class-names.ts";
import { type Family, type Layout, layoutOf } from "../output/layout.ts";
import { suppress } from "../output/suppress.ts";
import { fillTensor, toPicture } from "../picture/letterbox.ts";
import { FAMILY_TRAITS } from "./families.ts";
import { inputOf, type ModelInput } from "./model-input.ts";

export type ModelFile =
  | { readonly format: "onnx"; readonly bytes: Uint8Array }
  | {
      readonly format: "ncnn";
      /** Text of the `.param` file. */
      readonly param: string;
      /** Bytes of the `.bin` file. */
      readonly weights: Uint8Array;
      /** Text of the `metadata.yaml` that exports of YOLO write beside them. */
      readonly metadata?: string;
    };

export interface ModelSettings {
  readonly file: ModelFile;
  /** Pixels of the picture that the model gets, where its file leaves them open. */
  readonly inputSize?: Size;
  /** It came from outside: it is run in a process of its own. */
  readonly isForeign?: boolean;
}

/** One core: a second one would be taken from what records. */
const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
  enableCpuMemArena: false,
  logSeverityLevel: 3,
};

/** A model that was run once. Blocks its thread while it looks: it belongs into a worker. */
export class LoadedModel {
  readonly input: ModelInput;
  readonly labels: readonly string[];
  readonly #session: InferenceSession;
  readonly #layout: Layout;
  readonly #tensor: Float32Array;

  private constructor(
    session: InferenceSession,
    input: ModelInput,
    layout: Layout,
    labels: readonly string[],
  ) {
    this.#session = session;
    this.input = input;
    this.#layout = layout;
    this.labels = labels;
    this.#tensor = new Float32Array(3 * input.width * input.height);
  }

  get family(): Family {
    return this.#layout.family;
  }

  /** Reads, checks and tries the file. Throws `detector.model_invalid`. */
  static async load({ file, inputSize }: ModelSettings): Promise<LoadedModel> {
    const bytes = file.format === "onnx" ? file.bytes : convertNcnn(file, inputSize);
    const model = readModel(bytes);
    const input = inputOf(model, inputSize);
    const session = await openSession(bytes);
    const labels = labelsOf(model);
    const outputs = await tryOut(session, input);
    const dims = outputs.map((output) => output.dims);
    const layout = layoutOf({ input, dims, ...(labels && { namedClasses: labels.length }) });
    const unnamed = layout.classCount === COCO_NAMES.length ? COCO_NAMES : ["object"];
    return new LoadedModel(session, input, layout, labels ?? unnamed);
  }

  async detect(picture: Picture, { minScore, labels }: LookOptions): Promise<Detection[]> {
    const { preparation, maxOverlap } = FAMILY_TRAITS[this.family];
    const box = fillTensor(this.#tensor, picture, this.input, preparation);
    const outputs = await run(this.#session, this.input, this.#tensor);
    const counts = (label: string): number => (labels === undefined || labels.includes(label) ? 1 : 0);
    const wanted = { minScore, classes: Uint8Array.from(this.labels, counts) };
    return suppress(this.#layout.decode(outputs, wanted), maxOverlap).map((candidate) => {
      const { x1, y1, x2, y2, score } = toPicture(candidate, box, picture);
      return {
        x1,
        y1,
        x2,
        y2,
        score: Math.min(1, score),
        label: this.labels[candidate.classIndex] as string,
      };
    });
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

async function openSession(bytes: Uint8Array): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(bytes, SESSION_OPTIONS);
  } catch (error) {
    throw modelInvalid("the runtime refuses it", { detail: firstLine(error) }, error);
  }
}

/** A grey picture: shows the true sizes of the outputs, and that the model can be run at all. */
async function tryOut(session: InferenceSession, input: ModelInput): Promise<Tensor[]> {
  try {
    return await run(session, input, new Float32Array(3 * input.width * input.height).fill(0.5));
  } catch (error) {
    throw modelInvalid("it fails on a grey picture", { detail: firstLine(error) }, error);
  }
}

async function run(session: InferenceSession, input: ModelInput, data: Float32Array): Promise<Tensor[]> {
  const feeds = { [input.name]: new OrtTensor("float32", data, [1, 3, input.height, input.width]) };
  const results = await session.run(feeds);
  return session.outputNames.map((name) => {
    const output = results[name] as OrtTensor;
    if (!(output.data instanceof Float32Array)) throw new TypeError("an output is not of 32-bit floats");
    return { dims: output.dims, data: output.data };
  });
}

function labelsOf({ metadata }: OnnxModel): string[] | undefined {
  const names = metadata.get("names");
  return names === undefined ? undefined : parseClassNames(names);
}

const firstLine = (error: unknown): string =>
  String((error as Error).message)
    .split("\n", 1)[0]
    ?.slice(0, 300) ?? "";
