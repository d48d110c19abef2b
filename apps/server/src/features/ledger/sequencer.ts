import type { Clock, Logger, Timer } from "@gatehouse/base";
import {
  appendLeaves,
  encodeNote,
  growTiles,
  rootOf,
  type Signer,
  signCheckpoint,
  tilePath,
} from "@gatehouse/ledger";
import { unasked } from "../../platform/audit/index.ts";
import { isDatabaseUnavailable } from "../../platform/database/index.ts";
import { sha256 } from "../../platform/secrets/index.ts";
import type { LogStore, PendingLeaf } from "./log-store.ts";
import { edgeTiles, isCheckpointDue, type Log, type StoredCheckpoint } from "./model.ts";
import { isCritical } from "./trail.ts";

/** Entries that get their places in one transaction. */
export const BATCH_ENTRIES = 1_000;
const EVERY_MS = 200;
/** After something critical: how soon its transaction is looked for. */
const HURRY_MS = 10;
const AFTER_FAILURE_MS = 1_000;

export interface SequencerDeps {
  readonly store: LogStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signerOf: (origin: string) => Signer;
  readonly onCheckpoint: (checkpoint: StoredCheckpoint) => void;
}

const NOTHING = new Uint8Array(0);

interface Round {
  readonly appended: number;
  readonly checkpoint: StoredCheckpoint | undefined;
  /** Entries that wait for a checkpoint. */
  readonly uncovered: number;
}

/**
 * Gives committed events their places in the log, and signs its heads. Places, tiles, frontier and checkpoint are one
 * transaction under the lock of the log's row: whatever ends it, an event waits or has one place. What was committed
 * before another act began stands before it.
 */
export class Sequencer {
  readonly #deps: SequencerDeps;
  #timer: Timer | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  #turn: Promise<unknown> = Promise.resolve();
  #uncovered = 0;
  #stopped = true;
  #appended = 0;

  constructor(deps: SequencerDeps) {
    this.#deps = deps;
  }

  /** Entries appended since start. */
  get appended(): number {
    return this.#appended;
  }

  start(): void {
    this.#stopped = false;
    this.#plan(0);
  }

  /** Everything committed so far has its place and is under a checkpoint. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.flush();
  }

  /** Resolves when the round that runs now is over. */
  async idle(): Promise<void> {
    await this.#turn;
  }

  /** Something critical is about to be committed. */
  hurry(): void {
    if (!this.#stopped) this.#plan(HURRY_MS);
  }

  /** Sequences what is committed now and signs a checkpoint over it. */
  async flush(): Promise<void> {
    let round: Round;
    do round = await this.#inTurn(true);
    while (round.appended === BATCH_ENTRIES);
  }

  #plan(delayMs: number): void {
    const { clock } = this.#deps;
    const dueMs = clock.monotonicMs() + delayMs;
    if (this.#timer !== undefined && this.#dueMs <= dueMs) return;
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    this.#timer = unasked(() => clock.after(delayMs, () => void this.#tick()));
  }

  async #tick(): Promise<void> {
    this.#timer = undefined;
    let nextMs = EVERY_MS;
    try {
      const { appended } = await this.#inTurn(false);
      if (appended === BATCH_ENTRIES) nextMs = 0;
    } catch (error) {
      nextMs = AFTER_FAILURE_MS;
      if (!this.#stopped) this.#report(error);
    }
    if (!this.#stopped) this.#plan(nextMs);
  }

  #report(error: unknown): void {
    const { log } = this.#deps;
    if (isDatabaseUnavailable(error)) log.warn({ reason: (error as Error).message }, "ledger.waiting");
    else log.error({ err: error }, "ledger.sequencing_failed");
  }

  #inTurn(wantsCheckpoint: boolean): Promise<Round> {
    const result = this.#turn.then(() => this.#round(wantsCheckpoint));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #round(wantsCheckpoint: boolean): Promise<Round> {
    const { store, onCheckpoint } = this.#deps;
    const isIdle = this.#uncovered === 0 && !(await store.hasPending());
    if (isIdle) return { appended: 0, checkpoint: undefined, uncovered: 0 };
    const round = await store.transaction((tx) => this.#append(tx, wantsCheckpoint));
    this.#uncovered = round.uncovered;
    this.#appended += round.appended;
    if (round.checkpoint !== undefined) onCheckpoint(round.checkpoint);
    return round;
  }

  async #append(store: LogStore, wantsCheckpoint: boolean): Promise<Round> {
    const { clock } = this.#deps;
    const before = await store.lockCurrent();
    if (before === undefined) return { appended: 0, checkpoint: undefined, uncovered: 0 };
    const pending = await store.pending(BATCH_ENTRIES);
    const log = pending.length === 0 ? before : await grow(store, before, pending);
    const last = await store.lastCheckpoint(log.id);
    const nowMs = clock.nowMs();
    const entries = log.frontier.size - (last?.size ?? 0);
    const isDue = isCheckpointDue({
      entries,
      sinceMs: last === undefined ? Number.POSITIVE_INFINITY : Math.abs(nowMs - last.atMs),
      critical: wantsCheckpoint || pending.some(({ kind }) => isCritical(kind)),
    });
    if (!isDue) return { appended: pending.length, checkpoint: undefined, uncovered: entries };
    const checkpoint = this.#sign(log, nowMs);
    await store.addCheckpoint(checkpoint);
    return { appended: pending.length, checkpoint, uncovered: 0 };
  }

  #sign({ id, origin, frontier }: Log, atMs: number): StoredCheckpoint {
    const { size } = frontier;
    const root = rootOf(frontier, sha256);
    const note = encodeNote(signCheckpoint({ size, root }, this.#deps.signerOf(origin)));
    return { logId: id, size, root, atMs, note };
  }
}

/** The log with these leaves after its own. */
async function grow(store: LogStore, log: Log, pending: readonly PendingLeaf[]): Promise<Log> {
  const leaves = pending.map(({ leafHash }) => leafHash);
  const { size } = log.frontier;
  const edge = await store.tiles(log.id, edgeTiles(size));
  const tiles = growTiles(size, leaves, (tile) => edge.get(tilePath(tile)) ?? NOTHING, sha256);
  const frontier = appendLeaves(log.frontier, leaves, sha256);
  await store.saveTiles(log.id, tiles);
  await store.append(
    log,
    pending.map(({ id }) => id),
    frontier,
  );
  return { ...log, frontier };
}
