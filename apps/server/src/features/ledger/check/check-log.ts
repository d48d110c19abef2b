import {
  appendLeaves,
  EMPTY_FRONTIER,
  encodeFrontier,
  type Frontier,
  HASH_BYTES,
  hashLeaf,
  type LedgerEvent,
  matchesPersonal,
  openCheckpoint,
  parseNote,
  rootOf,
  type Signer,
  TILE_WIDTH,
} from "@gatehouse/ledger";
import { sha256 } from "../../../platform/secrets/index.ts";
import type { Log } from "../model.ts";
import type { PersonalValues } from "../personal.ts";
import type { CheckedCheckpoint, CheckedEntry, CheckStore } from "./check-store.ts";

export type LedgerProblemKind =
  /** The event is not the one that was hashed, or its columns say something else. */
  | "changed"
  /** The event stands in the log, at another place. */
  | "moved"
  | "missing"
  /** Behind the end of the log. */
  | "surplus"
  /** The content is gone and no entry says that it was sealed. */
  | "emptied"
  /** A text about a person is not the one that the event refers to. */
  | "personal_changed"
  | "checkpoint_forged"
  /** The leaves up to a checkpoint are not those it was signed over; `index` is the first that may be wrong. */
  | "root_differs"
  /** The log ends before a checkpoint that it signed. */
  | "truncated";

export interface LedgerProblem {
  readonly log: number;
  readonly index: number;
  readonly kind: LedgerProblemKind;
}

export interface LogReport {
  readonly log: number;
  readonly entries: number;
  readonly checkpoints: number;
  readonly problems: readonly LedgerProblem[];
}

export interface CheckDeps {
  readonly store: CheckStore;
  readonly values: PersonalValues;
  readonly signer: Signer;
}

const BATCH = 2_048;
/** More are not listed: somebody who finds a hundred knows enough. */
const MAX_PROBLEMS = 100;

/** Reads a whole log again: every event against its leaf, every leaf against the heads that were signed over it. */
export async function checkLog(log: Log, deps: CheckDeps): Promise<LogReport> {
  const walk = new LogWalk(log, deps);
  await walk.run();
  return walk.report();
}

class LogWalk {
  readonly #log: Log;
  readonly #deps: CheckDeps;
  readonly #problems: LedgerProblem[] = [];
  /** What was sealed by its own word: up to where, and how many. */
  readonly #sealed = { beforeIndex: 0, count: 0 };
  readonly #emptied: number[] = [];
  #frontier: Frontier = EMPTY_FRONTIER;
  #checkedSize = 0;
  #entries = 0;
  #checkpoints = 0;
  #isBroken = false;

  constructor(log: Log, deps: CheckDeps) {
    this.#log = log;
    this.#deps = deps;
  }

  report(): LogReport {
    return {
      log: this.#log.id,
      entries: this.#entries,
      checkpoints: this.#checkpoints,
      problems: this.#problems.toSorted((a, b) => a.index - b.index).slice(0, MAX_PROBLEMS),
    };
  }

  async run(): Promise<void> {
    const { store } = this.#deps;
    const { id } = this.#log;
    const signed = await store.newestCheckpointSize(id);
    const { size } = this.#log.frontier;
    if (signed > size) this.#add(size, "truncated");
    const end = Math.max(signed, size);
    for (let from = 0; from < end && this.#problems.length < MAX_PROBLEMS; from += BATCH) {
      const to = Math.min(end, from + BATCH);
      await this.#part(from, to);
    }
    for (const { index } of await store.entries(id, end, MAX_PROBLEMS)) this.#add(index, "surplus");
    const isWhole = Buffer.compare(encodeFrontier(this.#frontier), encodeFrontier(this.#log.frontier)) === 0;
    if (!isWhole && this.#problems.length === 0) this.#add(this.#checkedSize, "root_differs");
    this.#checkEmptied();
  }

  async #part(from: number, to: number): Promise<void> {
    const { store } = this.#deps;
    const rows = await store.entries(this.#log.id, from, to - from);
    const byIndex = new Map(rows.filter(({ index }) => index < to).map((row) => [row.index, row]));
    this.#entries += byIndex.size;
    const leaves = await this.#leavesIn(from, to);
    const places = new Map([...leaves].map(([index, leaf]) => [Buffer.from(leaf).toString("hex"), index]));
    const hashes: Uint8Array[] = [];
    for (let index = from; index < to; index++) {
      const kept = leaves.get(index);
      hashes.push(this.#leafOf(index, byIndex.get(index), kept, places));
    }
    await this.#checkPersonal([...byIndex.values()]);
    await this.#climb(from, hashes);
  }

  /** The leaf by which the tree is rebuilt: of the event that is there, where there is one. */
  #leafOf(
    index: number,
    row: CheckedEntry | undefined,
    kept: Uint8Array | undefined,
    places: ReadonlyMap<string, number>,
  ): Uint8Array {
    if (row === undefined) {
      this.#add(index, "missing");
      return kept ?? new Uint8Array(HASH_BYTES);
    }
    if (row.event === null) {
      this.#emptied.push(index);
      if (kept === undefined || Buffer.compare(kept, row.leaf_hash) !== 0) this.#add(index, "changed");
      return row.leaf_hash;
    }
    const leaf = hashLeaf(row.event, sha256);
    const isKept = kept !== undefined && Buffer.compare(leaf, kept) === 0;
    const isOwn = Buffer.compare(leaf, row.leaf_hash) === 0;
    if (!isKept && places.has(Buffer.from(leaf).toString("hex"))) this.#add(index, "moved");
    else if (!isKept || !isOwn || !this.#isSaidByColumns(row, row.event)) this.#add(index, "changed");
    return leaf;
  }

  #isSaidByColumns(row: CheckedEntry, bytes: Uint8Array): boolean {
    let event: LedgerEvent;
    try {
      event = JSON.parse(Buffer.from(bytes).toString("utf8")) as LedgerEvent;
    } catch {
      return false;
    }
    if (event.kind === "ledger.sealed" && event.data.log === this.#log.id) {
      this.#sealed.beforeIndex = Math.max(this.#sealed.beforeIndex, Number(event.data.beforeIndex));
      this.#sealed.count += Number(event.data.count);
    }
    return (
      event.id === row.event_id &&
      event.tenant === row.tenant_id &&
      event.kind === row.kind &&
      event.outcome === row.outcome &&
      event.actor?.kind === row.actor_kind &&
      event.actor.id === row.actor_id &&
      (event.subject?.kind ?? null) === row.subject_kind &&
      (event.subject?.id ?? null) === row.subject_id &&
      event.time === row.at.toISOString()
    );
  }

  async #checkPersonal(rows: readonly CheckedEntry[]): Promise<void> {
    const { store, values } = this.#deps;
    const present = new Map(rows.flatMap((row) => (row.event === null ? [] : [[row.event_id, row]])));
    for (const value of await store.personal([...present.keys()])) {
      const row = present.get(value.event_id);
      if (row?.event == null) continue;
      const { name, salt, tenant_id: tenantId, event_id: eventId } = value;
      try {
        const event = JSON.parse(Buffer.from(row.event).toString("utf8")) as LedgerEvent;
        const text = values.open({ tenantId: tenantId ?? undefined, eventId, name }, value.value);
        if (matchesPersonal(event.personal[name] ?? "", salt, name, text)) continue;
      } catch {
        // What cannot be opened or read is not what was put there.
      }
      this.#add(row.index, "personal_changed");
    }
  }

  /** Goes on with the tree, and compares it at every size that was signed. */
  async #climb(from: number, hashes: readonly Uint8Array[]): Promise<void> {
    const to = from + hashes.length;
    const signed = await this.#deps.store.checkpoints(this.#log.id, from, to);
    for (const checkpoint of signed) {
      this.#grow(hashes.slice(this.#frontier.size - from, checkpoint.size - from));
      this.#compare(checkpoint);
    }
    this.#grow(hashes.slice(this.#frontier.size - from));
  }

  #grow(leaves: readonly Uint8Array[]): void {
    this.#frontier = appendLeaves(this.#frontier, leaves, sha256);
  }

  #compare({ size, note }: CheckedCheckpoint): void {
    this.#checkpoints++;
    const head = openOrNone(note, this.#deps.signer);
    const isGenuine = head !== undefined && head.size === size;
    if (!isGenuine) this.#add(size - 1, "checkpoint_forged");
    else if (Buffer.compare(head.root, rootOf(this.#frontier, sha256)) !== 0) {
      // Every later root differs too, and what is wrong before it may be named already.
      const isNamed = this.#problems.some(({ index }) => index < size);
      if (!this.#isBroken && !isNamed) this.#add(this.#checkedSize, "root_differs");
      this.#isBroken = true;
    } else this.#checkedSize = size;
  }

  #checkEmptied(): void {
    const unsaid = this.#emptied.filter((index) => index >= this.#sealed.beforeIndex);
    const surplus = this.#emptied.length - unsaid.length - this.#sealed.count;
    // Among those below the seal nobody can tell which are too many: the last ones are named.
    const named =
      surplus > 0 ? this.#emptied.filter((index) => index < this.#sealed.beforeIndex).slice(-surplus) : [];
    for (const index of [...unsaid, ...named].slice(0, MAX_PROBLEMS)) this.#add(index, "emptied");
  }

  async #leavesIn(from: number, to: number): Promise<Map<number, Uint8Array>> {
    const [first, last] = [Math.floor(from / TILE_WIDTH), Math.floor((to - 1) / TILE_WIDTH)];
    const tiles = await this.#deps.store.leafTiles(this.#log.id, first, last - first + 1);
    const leaves = new Map<number, Uint8Array>();
    for (const [tile, bytes] of tiles) {
      for (let at = 0; at * HASH_BYTES < bytes.length; at++)
        leaves.set(tile * TILE_WIDTH + at, bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
    }
    return leaves;
  }

  #add(index: number, kind: LedgerProblemKind): void {
    this.#problems.push({ log: this.#log.id, index, kind });
  }
}

function openOrNone(note: string, signer: Signer) {
  try {
    return openCheckpoint(parseNote(note), signer.key);
  } catch {
    return undefined;
  }
}
