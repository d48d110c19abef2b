import { platform, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import type { ModelSettings } from "./loaded-model.ts";
import { serveModel } from "./serve-model.ts";

// One model in a thread of its own: it is read, converted and run here, so that no other work waits for it.

/** On Linux it is this thread's alone: whoever answers people and devices comes first. */
const LOW_PRIORITY = 5;
if (platform() === "linux") setPriority(LOW_PRIORITY);

await serveModel(workerData as ModelSettings, {
  say: (message) => parentPort?.postMessage(message),
  listen: (take) => parentPort?.on("message", take),
});
