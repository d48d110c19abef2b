import { isAppError } from "@gatehouse/base";
import { LoadedModel, type ModelSettings } from "../inference/loaded-model.ts";
import type { ProbeAnswer } from "./probe-model.ts";

// Reads and runs one model that nobody has tried yet, in a process that may die of it.

async function probe(settings: ModelSettings): Promise<ProbeAnswer> {
  try {
    const { labels, input, family } = await LoadedModel.load(settings);
    return { labels, inputSize: { width: input.width, height: input.height }, family };
  } catch (error) {
    if (!isAppError(error, "detector.model_invalid")) throw error;
    const { reason, ...fields } = error.fields;
    return { reason: String(reason), fields };
  }
}

process.once("message", async (settings: ModelSettings) => {
  process.send?.(await probe(settings), () => process.disconnect());
});
