import { parentPort } from "node:worker_threads";
import { faultOfClip } from "./check-clip.ts";
import type { ClipQuestion } from "./clip-thread.ts";

parentPort?.on("message", ({ name, clip, signers, nowMs }: ClipQuestion) =>
  parentPort?.postMessage(faultOfClip(name, clip, signers, nowMs)),
);
