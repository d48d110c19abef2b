import { isAppError } from "@gatehouse/base";
import { LoadedModel, type ModelSettings } from "./loaded-model.ts";
import type { FromHost, Look } from "./messages.ts";

/** Reads a model, says so, and looks at one picture after the other. */
export async function serveModel(
  settings: ModelSettings,
  {
    say,
    listen,
  }: { readonly say: (message: FromHost) => void; readonly listen: (take: (look: Look) => void) => void },
): Promise<void> {
  try {
    const model = await LoadedModel.load(settings);
    let turn = Promise.resolve();
    listen((wanted) => {
      turn = turn.then(async () => say(await answerOf(model, wanted)));
    });
    say({ kind: "ready", labels: model.labels, inputSize: model.input, family: model.family });
  } catch (error) {
    if (!isAppError(error, "detector.model_invalid")) throw error;
    const { reason, ...fields } = error.fields;
    say({ kind: "refused", reason: String(reason), fields });
  }
}

async function answerOf(model: LoadedModel, { id, picture, options }: Look): Promise<FromHost> {
  try {
    return { kind: "found", id, detections: await model.detect(picture, options) };
  } catch (error) {
    return { kind: "failed", id, message: String((error as Error).message).slice(0, 300) };
  }
}
