import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import type { Clock } from "@gatehouse/base";
import type { Size } from "../detector.ts";
import type { ModelSettings } from "../inference/loaded-model.ts";
import { MAX_MEMORY_BYTES, startLimited } from "../limited-process.ts";
import { modelInvalid } from "../model-invalid.ts";
import type { Family } from "../output/layout.ts";

export interface ProbedModel {
  readonly labels: readonly string[];
  readonly inputSize: Size;
  readonly family: Family;
}

export type ProbeAnswer =
  | ProbedModel
  | { readonly reason: string; readonly fields: Readonly<Record<string, unknown>> };

const PROCESS = new URL("./probe-process.ts", import.meta.url);
const MAX_SECONDS = 60;

/**
 * Tries a model that came from outside, before anything of ours runs it: what a file asks for in memory and time is
 * only known by running it. A process of its own with a bound on both does (on Linux; elsewhere on time alone).
 * Throws `detector.model_invalid`.
 */
export async function probeModel(settings: ModelSettings, clock: Clock): Promise<ProbedModel> {
  const child = startLimited(PROCESS, { priority: constants.priority.PRIORITY_LOW, cpuSeconds: MAX_SECONDS });
  const timer = clock.after(MAX_SECONDS * 1_000, () => child.kill("SIGKILL"));
  try {
    child.send(settings, () => undefined);
    const answer = await answerOf(child);
    if (answer === undefined)
      throw modelInvalid("trying it takes more memory or time than a detector may", {
        maxBytes: MAX_MEMORY_BYTES,
        maxSeconds: MAX_SECONDS,
      });
    if ("reason" in answer) throw modelInvalid(answer.reason, answer.fields);
    return answer;
  } finally {
    timer.cancel();
    child.kill("SIGKILL");
  }
}

/** Undefined when it dies without one. */
async function answerOf(child: ChildProcess): Promise<ProbeAnswer | undefined> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      once(child, "message", stop).then(([answer]) => answer as ProbeAnswer),
      once(child, "disconnect", stop).then(() => undefined),
    ]);
  } finally {
    stop.abort();
  }
}
