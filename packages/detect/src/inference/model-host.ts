import type { ChildProcess } from "node:child_process";
import { type EventEmitter, once } from "node:events";
import { Worker } from "node:worker_threads";
import { startLimited } from "../limited-process.ts";
import type { ModelSettings } from "./loaded-model.ts";
import type { Look } from "./messages.ts";

const HEAP_MIB = 512;
/** Whoever answers people and devices comes first. */
const LOW_PRIORITY = 5;

/** Where a model is read and run. */
export interface ModelHost {
  /** Says `message` (`FromHost`), `error` and `exit`. */
  readonly events: Pick<EventEmitter, "on" | "off">;
  send(look: Look): void;
  /** Also in the middle of a look. */
  end(): Promise<unknown>;
}

/**
 * What came along runs in a thread. What came from outside does not: a picture can make it ask for all memory, or for
 * time without end, which no thread can be stopped in; a process of its own dies of it alone.
 */
export const startHost = (settings: ModelSettings): ModelHost =>
  settings.isForeign === true ? processHost(settings) : threadHost(settings);

function threadHost(settings: ModelSettings): ModelHost {
  const worker = new Worker(new URL("./inference-worker.ts", import.meta.url), {
    workerData: settings,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  return {
    events: worker,
    send: (look) => worker.postMessage(look),
    end: () => worker.terminate(),
  };
}

function processHost(settings: ModelSettings): ModelHost {
  const child = startLimited(new URL("./inference-process.ts", import.meta.url), { priority: LOW_PRIORITY });
  child.send(settings, ignored);
  return {
    events: child,
    send: (look) => child.send(look, ignored),
    end: () => kill(child),
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** Whoever waits hears of it by `exit`. */
const ignored = (): undefined => undefined;
