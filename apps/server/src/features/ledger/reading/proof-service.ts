import { AppError } from "@gatehouse/base";
import {
  consistencyRanges,
  type HashAt,
  hashesFromTiles,
  inclusionRanges,
  KeptTiles,
  type LeafRange,
  nodesOf,
  parseTilePath,
  proveConsistency,
  proveInclusion,
  type Tile,
  tileAt,
  tilePath,
  tilesOf,
} from "@gatehouse/ledger";
import { sha256 } from "../../../platform/secrets/index.ts";
import type { LogStore } from "../log-store.ts";
import type { Log } from "../model.ts";

/** A few megabytes: the upper tiles, which all proofs need, and the last of the others. */
const KEPT_TILES = 64;

/** Proofs about the log, from its tiles: hashes alone, so that whoever asks learns nothing of what was done. */
export class ProofService {
  readonly #store: LogStore;
  /** Of the log that was asked about last, as it was then. */
  #kept: { log?: Log; tiles: KeptTiles } = { tiles: new KeptTiles(KEPT_TILES) };

  constructor(store: LogStore) {
    this.#store = store;
  }

  /** The log of this number, or the one that grows. Refuses `ledger.range_invalid`. */
  async logOf(number: string | undefined): Promise<Log> {
    const log = number === undefined ? await this.#store.current() : await this.#store.find(Number(number));
    if (log === undefined) throw new AppError("ledger.range_invalid", { log: number });
    return log;
  }

  async inclusion(log: Log, index: number, size: number): Promise<Uint8Array[]> {
    if (size > log.frontier.size || index >= size) throw new AppError("ledger.range_invalid");
    return this.#prove(log, inclusionRanges(index, size), size, (hashAt) =>
      proveInclusion(index, size, hashAt, sha256),
    );
  }

  async consistency(log: Log, first: number, second: number): Promise<Uint8Array[]> {
    if (first > second || second > log.frontier.size)
      throw new AppError("ledger.range_invalid", { size: log.frontier.size });
    return this.#prove(log, consistencyRanges(first, second), second, (hashAt) =>
      proveConsistency(first, second, hashAt, sha256),
    );
  }

  /** Hashes of complete subtrees that cover these leaves. */
  hashesOf(log: Log, ranges: readonly LeafRange[]): Promise<HashAt> {
    return this.#hashesFor(log, ranges, log.frontier.size);
  }

  /**
   * A tile as C2SP tlog-tiles names it, `<level>/<index>`, of the log of this number or the one that grows; undefined
   * when the log has no such tile yet.
   */
  async tile(path: string, number?: number): Promise<Uint8Array | undefined> {
    const asked = parseTilePath(`tile/${path}`);
    const log = await (number === undefined ? this.#store.current() : this.#store.find(number));
    if (asked === undefined || asked.level === "entries" || log === undefined) return undefined;
    const tile: Tile = { ...asked, level: asked.level };
    const there = tileAt(tile.level, tile.index, log.frontier.size);
    if (there === undefined || there.width < tile.width) return undefined;
    return (await this.#store.tiles(log.id, [tile])).get(tilePath(tile));
  }

  /** What proves, from the tiles that it needs; those are kept for the proofs that follow. */
  async #prove<T>(
    log: Log,
    ranges: readonly LeafRange[],
    size: number,
    prove: (hashAt: HashAt) => T,
  ): Promise<T> {
    const kept = this.#keptOf(log);
    const own = kept.only(tilesOf(nodesOf(ranges), size));
    const proof = prove(await this.#hashesFor(log, ranges, size, own));
    kept.add(own);
    return proof;
  }

  /** What still holds: somebody with the database's password may have put an older or another log in the place of this. */
  #keptOf(log: Log): KeptTiles {
    const { log: before, tiles } = this.#kept;
    if (before === undefined || !isPrefix(before, log))
      this.#kept = { log, tiles: new KeptTiles(KEPT_TILES) };
    else if (before.frontier.size < log.frontier.size) this.#kept = { log, tiles: tiles.full() };
    return this.#kept.tiles;
  }

  async #hashesFor(log: Log, ranges: readonly LeafRange[], size: number, kept?: KeptTiles): Promise<HashAt> {
    const wanted = tilesOf(nodesOf(ranges), size).filter((tile) => kept?.has(tile) !== true);
    const tiles = await this.#store.tiles(log.id, wanted);
    const read = (tile: Tile): Uint8Array => {
      const bytes = tiles.get(tilePath(tile));
      if (bytes === undefined) throw new AppError("server.internal", { tile: tilePath(tile) });
      return bytes;
    };
    return hashesFromTiles(size, read, sha256, kept);
  }
}

/** Whether this log can have begun as that one: as far as the hashes at both edges tell. */
function isPrefix(before: Log, { id, frontier }: Log): boolean {
  const { size, hashes } = before.frontier;
  if (before.id !== id || size > frontier.size) return false;
  const inBoth =
    size === frontier.size ? hashes : isOneTallest(size, frontier.size) ? hashes.slice(0, 1) : [];
  return inBoth.every((hash, at) => Buffer.compare(hash, frontier.hashes[at] as Uint8Array) === 0);
}

const isOneTallest = (one: number, other: number) =>
  Math.floor(Math.log2(one)) === Math.floor(Math.log2(other));
