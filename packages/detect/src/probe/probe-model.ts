import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import type { Clock } from "@gatehouse/base";
import type { Size } from "../detector.ts";
import type { ModelSettings } from "../inference/loaded-model.ts";
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

const PROCESS = fileURLToPath(new URL("./probe-process.ts", import.meta.url));
/** Of util-linux: starts a program with limits that it cannot lift. */
const PRLIMIT = "/usr/bin/prlimit";
/** YOLO11l in 32 bits, read and run once, needs less. */
const MAX_MEMORY_BYTES = 2 * 2 ** 30;
const MAX_SECONDS = 60;

/**
 * Tries a model that came from outside, before anything of ours runs it: what a file asks for in memory and time is
 * only known by running it. A process of its own with a bound on both does (on Linux; elsewhere on time alone).
 * Throws `detector.model_invalid`.
 */
export async function probeModel(settings: ModelSettings, clock: Clock): Promise<ProbedModel> {
  const child = startProbe();
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

/** Gets nothing of our environment, and last place in the queue for the processor. */
function startProbe(): ChildProcess {
  const limits = [`--data=${MAX_MEMORY_BYTES}`, `--cpu=${MAX_SECONDS}`, "--core=0", "--", process.execPath];
  const limited = existsSync(PRLIMIT) ? { execPath: PRLIMIT, execArgv: limits } : { execArgv: [] };
  const child = fork(PROCESS, [], {
    ...limited,
    env: {},
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  return child;
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
