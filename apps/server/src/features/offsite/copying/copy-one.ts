import type { OffsiteContext } from "../context.ts";
import { type CopyState, MAX_ATTEMPTS, retryDelayMs } from "../model.ts";
import type { Remote, RemoteFailure, Stored } from "../remotes/remote.ts";
import type { TargetRecord } from "../targets/target-store.ts";
import type { CopyRecord } from "./copy-store.ts";
import { reasonOf, saidOf, setBackTarget } from "./failures.ts";
import { type LocalSource, openSource } from "./source.ts";

/** Where something is done. */
export interface At {
  readonly context: OffsiteContext;
  readonly target: TargetRecord;
  readonly remote: Remote;
  readonly signal: AbortSignal;
}

/** It was erased while it was copied. */
class Unwanted extends Error {}

/** One copy, from the files here to the word of the other side that it is whole; or what became of it instead. */
export async function copyOne(at: At, copy: CopyRecord, keysSent: Set<number>): Promise<void> {
  const { clock, copies, log, targets } = at.context;
  try {
    const { source, stored } = await carry(at, copy, keysSent);
    const { keyGeneration } = source;
    const isDone = await copies.setDone(copy, { stored, keyGeneration, atMs: clock.nowMs() });
    await targets.setWell(at.target.id);
    if (isDone) log.info({ targetId: copy.targetId, segmentId: copy.segmentId }, "offsite.copied");
  } catch (error) {
    if (error instanceof Unwanted) return;
    if (at.signal.aborted) await putBack(at, copy);
    else await settle(at, copy, reasonOf(error));
  }
}

async function carry(
  { context, remote, signal, target }: At,
  copy: CopyRecord,
  keysSent: Set<number>,
): Promise<{ source: LocalSource; stored: Stored }> {
  const { copies, segments } = context;
  const source = await openSource(segments, copy, async (generation) => {
    if (!(await copies.noteKeyGeneration(copy, generation))) throw new Unwanted();
  });
  if (!keysSent.has(source.keyGeneration)) {
    const keys = await segments.wrappingKeys(target.tenantId);
    const key = keys.find(({ generation }) => generation === source.keyGeneration);
    if (key !== undefined) await remote.putWrappingKey(target.tenantId, key.generation, key.sealed, signal);
    keysSent.add(source.keyGeneration);
  }
  const stored = await remote.put(
    source,
    {
      upload: copy.upload,
      async save(upload, bytesDone) {
        if (!(await copies.saveProgress(copy, upload, bytesDone))) throw new Unwanted();
      },
    },
    signal,
  );
  return { source, stored };
}

/** The server ends: the next start goes on with it. */
async function putBack({ context }: At, copy: CopyRecord): Promise<void> {
  const { clock, copies } = context;
  const { attempts } = copy;
  const atMs = clock.nowMs();
  await copies.setFailed(copy, {
    ...{ from: "copying", state: "waiting", failure: undefined, attempts, nextMs: 0, atMs },
  });
}

async function settle(at: At, copy: CopyRecord, failure: RemoteFailure): Promise<void> {
  const { context, target } = at;
  const { clock, copies, log, random } = context;
  const atMs = clock.nowMs();
  if (failure.isOfTarget) {
    await putBack(at, copy);
    await setBackTarget(context, target, failure);
    return;
  }
  const attempts = copy.attempts + 1;
  const state = stateAfter(failure, attempts);
  const { code, detail } = failure;
  const said = { targetId: target.id, segmentId: copy.segmentId, code, detail, state };
  log.warn({ ...said, err: failure.cause }, "offsite.copy_failed");
  const nextMs = atMs + retryDelayMs(attempts, random);
  // What arrived altered is sent anew from its beginning.
  const isBegunAnew = state !== "waiting" || code === "altered_on_way";
  if (isBegunAnew && copy.upload !== undefined) await abandon(at, copy, copy.upload);
  await copies.setFailed(copy, {
    ...{ from: "copying", state, failure: saidOf(failure), attempts, nextMs, atMs, isBegunAnew },
  });
}

function stateAfter({ code }: RemoteFailure, attempts: number): CopyState {
  if (code === "gone_here") return "gone";
  return code === "damaged_here" || attempts >= MAX_ATTEMPTS ? "failed" : "waiting";
}

/** What is left of an upload there costs its owner money; when it cannot be taken away now, their own rules do it. */
async function abandon({ context, remote, signal }: At, copy: CopyRecord, upload: string): Promise<void> {
  await remote
    .abandon(copy, upload, signal)
    .catch((err: unknown) => context.log.warn({ err, targetId: copy.targetId }, "offsite.upload_left"));
}
