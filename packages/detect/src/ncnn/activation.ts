import { modelInvalid } from "../model-invalid.ts";
import type { Blob } from "./blob.ts";
import { add, inputOf, type LayerContext, type Translate } from "./layer-context.ts";

/** What a convolution does to its values at last: numbers 9 and −23310 of its settings. */
export function activate(context: LayerContext, blob: Blob): Blob {
  const { settings } = context.layer;
  const [alpha = 0, beta = 0] = settings.list(10);
  const { name, dims } = blob;
  switch (settings.whole(9, 0)) {
    case 0:
      return blob;
    case 1:
      return add(context, "Relu", [name], dims);
    case 2:
      return add(context, "LeakyRelu", [name], dims, { alpha: { float: alpha } });
    case 3: {
      const edges = [alpha, beta].map((edge) => context.writer.floats([edge], []));
      return add(context, "Clip", [name, ...edges], dims);
    }
    case 4:
      return add(context, "Sigmoid", [name], dims);
    case 5:
      return timesItself(context, blob, ["Softplus", "Tanh"]);
    case 6:
      return hardSwish(context, blob, alpha, beta);
    default:
      throw modelInvalid("a convolution with an unknown activation");
  }
}

/** x × f(x). */
function timesItself(context: LayerContext, { name, dims }: Blob, operators: readonly string[]): Blob {
  const shaped = operators.reduce((value, operator) => context.writer.add(operator, [value]), name);
  return add(context, "Mul", [name, shaped], dims);
}

/** x × (alpha × x + beta), the second factor kept between 0 and 1. */
function hardSwish(context: LayerContext, { name, dims }: Blob, alpha: number, beta: number): Blob {
  const factor = context.writer.add("HardSigmoid", [name], {
    alpha: { float: alpha },
    beta: { float: beta },
  });
  return add(context, "Mul", [name, factor], dims);
}

export const swish: Translate = (context) => [timesItself(context, inputOf(context), ["Sigmoid"])];
export const mish: Translate = (context) => [timesItself(context, inputOf(context), ["Softplus", "Tanh"])];

export const relu: Translate = (context) => {
  const { name, dims } = inputOf(context);
  const slope = context.layer.settings.number(0, 0);
  if (slope === 0) return [add(context, "Relu", [name], dims)];
  return [add(context, "LeakyRelu", [name], dims, { alpha: { float: slope } })];
};

export const hardSwishLayer: Translate = (context) => {
  const { settings } = context.layer;
  return [hardSwish(context, inputOf(context), settings.number(0, 0.2), settings.number(1, 0.5))];
};
