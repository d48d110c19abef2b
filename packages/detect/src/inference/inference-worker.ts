import { parentPort, workerData } from "node:worker_threads";
import { isAppError } from "@gatehouse/base";
import { LoadedModel, type ModelSettings } from "./loaded-model.ts";
import type { FromThread, Look } from "./messages.ts";

// One model in a thread of its own: it is read, converted and run here, so that no other work waits for it.

const say = (message: FromThread): void => parentPort?.postMessage(message);

async function look(model: LoadedModel, { id, picture, options }: Look): Promise<void> {
  try {
    say({ kind: "found", id, detections: await model.detect(picture, options) });
  } catch (error) {
    say({ kind: "failed", id, message: String((error as Error).message).slice(0, 300) });
  }
}

try {
  const model = await LoadedModel.load(workerData as ModelSettings);
  let turn = Promise.resolve();
  parentPort?.on("message", (message: Look) => {
    turn = turn.then(() => look(model, message));
  });
  say({ kind: "ready", labels: model.labels, inputSize: model.input, family: model.family });
} catch (error) {
  if (!isAppError(error, "detector.model_invalid")) throw error;
  const { reason, ...fields } = error.fields;
  say({ kind: "refused", reason: String(reason), fields });
}
