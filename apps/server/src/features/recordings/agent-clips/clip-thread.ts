import type { Clock, UnixMs } from "@gatehouse/base";
import type { VerifierKey } from "@gatehouse/ledger";
import { QuestionThread } from "../../../platform/question-thread.ts";
import type { SegmentName } from "../model.ts";
import type { ClipFault, ClipToCheck } from "./check-clip.ts";

export interface ClipQuestion {
  readonly name: SegmentName;
  readonly clip: ClipToCheck;
  readonly signers: readonly VerifierKey[];
  readonly nowMs: UnixMs;
}

/** Opening 8 MiB takes a fraction of a second; a machine that is this slow is asked again. */
const DEADLINE_MS = 30_000;
/** One of all is taken in at a time. */
const MAX_WAITING = 4;
const IDLE_STOP_MS = 60_000;
const HEAP_MIB = 256;

/** Opens and checks what cameras' machines bring in a thread of its own: thousands of frames, and nobody else waits for them. */
export const clipThread = (clock: Clock): QuestionThread<ClipQuestion, ClipFault | undefined> =>
  new QuestionThread(new URL("./clip-worker.ts", import.meta.url), clock, {
    ...{ deadlineMs: DEADLINE_MS, maxWaiting: MAX_WAITING, idleStopMs: IDLE_STOP_MS, heapMiB: HEAP_MIB },
  });
