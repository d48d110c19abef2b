import type { Timer, Uuid } from "@gatehouse/base";
import type { OffsiteContext } from "../context.ts";
import { openRemote } from "../remotes/open-remote.ts";
import type { Remote } from "../remotes/remote.ts";
import type { TargetRecord } from "../targets/target-store.ts";
import { copyOne } from "./copy-one.ts";
import { reasonOf, setBackTarget } from "./failures.ts";
import { enqueue } from "./queueing.ts";
import { removeOne } from "./remove-one.ts";

const LOOK_MS = 5_000;
/** What was sealed or came to be needed lately is looked for each time, everything now and then. */
const LATELY_MS = 15 * 60_000;
const FULL_LOOK_MS = 10 * 60_000;
const STOP_WITHIN_MS = 4_000;

/** Carries copies to their targets: one at a time to each, all targets beside one another. */
export class Copier {
  readonly #context: OffsiteContext;
  readonly #running = new Map<Uuid, Promise<void>>();
  /** Targets whose queue was filled since somebody began to empty it. */
  readonly #due = new Set<Uuid>();
  /** By target: the keys of the organisation that this process took there. */
  readonly #keysSent = new Map<Uuid, Set<number>>();
  #stopping = new AbortController();
  #timer: Timer | undefined;
  #look: Promise<void> | undefined;
  #isWanted = false;
  #isFullWanted = true;
  #fullLookMs = 0;

  constructor(context: OffsiteContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    await this.#context.copies.reclaim();
    this.#stopping = new AbortController();
    this.#timer = this.#context.clock.every(LOOK_MS, () => this.wake());
    this.wake();
  }

  /** What is on its way has a moment to end; the next start goes on with it. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    const deadline = this.#context.clock.after(STOP_WITHIN_MS, () => this.#stopping.abort());
    this.#stopping.signal.addEventListener("abort", () => deadline.cancel(), { once: true });
    await this.idle();
    deadline.cancel();
  }

  /** Looks at everything now rather than in a while. */
  wakeAll(): void {
    this.#isFullWanted = true;
    this.wake();
  }

  wake(): void {
    if (this.#timer === undefined) return;
    this.#isWanted = true;
    this.#look ??= this.#lookAll().finally(() => {
      this.#look = undefined;
      if (this.#isWanted) this.wake();
    });
  }

  /** Resolves when nothing is on its way. */
  async idle(): Promise<void> {
    while (this.#look !== undefined || this.#running.size > 0)
      await Promise.allSettled([this.#look, ...this.#running.values()]);
  }

  async #lookAll(): Promise<void> {
    const { clock, log, targets } = this.#context;
    this.#isWanted = false;
    const isFull = this.#isFullWanted || clock.monotonicMs() - this.#fullLookMs >= FULL_LOOK_MS;
    this.#isFullWanted = false;
    try {
      for (const target of await targets.listEnabled()) {
        await enqueue(this.#context, target, isFull ? 0 : clock.nowMs() - LATELY_MS);
        if (this.#timer === undefined) continue;
        this.#due.add(target.id);
        if (!this.#running.has(target.id)) this.#running.set(target.id, this.#run(target.id));
      }
      if (isFull) this.#fullLookMs = clock.monotonicMs();
    } catch (err) {
      this.#isFullWanted ||= isFull;
      log.warn({ err }, "offsite.look_failed");
    }
  }

  async #run(targetId: Uuid): Promise<void> {
    // What comes while the last of it is looked for is not to wait for the next look.
    while (this.#due.delete(targetId))
      await this.#work(targetId).catch((err: unknown) =>
        this.#context.log.error({ err, targetId }, "offsite.target_broken"),
      );
    this.#running.delete(targetId);
  }

  /** Everything that is due at one target. */
  async #work(targetId: Uuid): Promise<void> {
    const { clock, copies, targets } = this.#context;
    while (this.#timer !== undefined) {
      // It may have been changed, paused or removed meanwhile.
      const target = await targets.find(targetId);
      if (target === undefined || !target.enabled || target.nextMs > clock.nowMs()) return;
      const remote = await this.#open(target);
      if (remote === undefined) return;
      const at = { context: this.#context, target, remote, signal: this.#stopping.signal };
      const removal = await copies.takeRemoval(targetId, clock.nowMs());
      if (removal !== undefined) {
        await removeOne(at, removal);
        continue;
      }
      const copy = await copies.take(targetId, clock.nowMs());
      if (copy === undefined) return;
      await copyOne(at, copy, this.#keysSentTo(targetId));
    }
  }

  async #open(target: TargetRecord): Promise<Remote | undefined> {
    try {
      return openRemote(this.#context, target);
    } catch (error) {
      await setBackTarget(this.#context, target, reasonOf(error));
      return undefined;
    }
  }

  #keysSentTo(targetId: Uuid): Set<number> {
    const known = this.#keysSent.get(targetId) ?? new Set();
    this.#keysSent.set(targetId, known);
    return known;
  }
}
