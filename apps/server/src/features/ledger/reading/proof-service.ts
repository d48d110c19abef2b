import { AppError, RecentlyUsed } from "@gatehouse/base";
import {
  consistencyRanges,
  type HashAt,
  hashesFromRows,
  hashesFromTiles,
  inclusionRanges,
  type LeafRange,
  nodesOf,
  parseTilePath,
  proveConsistency,
  proveInclusion,
  rowsOfTile,
  type Tile,
  type TileRows,
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
  /** As the rows were that hold them: somebody with the database's password may put other tiles in their place. */
  readonly #kept = new RecentlyUsed<{ readonly version: string; readonly rows: TileRows }>(KEPT_TILES);

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
  async hashesOf(log: Log, ranges: readonly LeafRange[]): Promise<HashAt> {
    const { size } = log.frontier;
    const tiles = await this.#store.tiles(log.id, tilesOf(nodesOf(ranges), size));
    return hashesFromTiles(size, (tile) => tiles.get(tilePath(tile)) ?? missing(tile), sha256);
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

  /** What proves, from the tiles that it needs. */
  async #prove<T>(
    log: Log,
    ranges: readonly LeafRange[],
    size: number,
    prove: (hashAt: HashAt) => T,
  ): Promise<T> {
    const tiles = tilesOf(nodesOf(ranges), size);
    const keyOf = (tile: Tile): string => `${log.id} ${tilePath(tile)}`;
    const known = tiles.map((tile) => this.#kept.get(keyOf(tile)));
    const stored = await this.#store.tilesSince(
      log.id,
      tiles.map((tile, at) => ({ tile, version: known[at]?.version })),
    );
    const rows = new Map<string, TileRows>();
    for (const [at, tile] of tiles.entries()) {
      const { version, bytes } = stored[at] ?? missing(tile);
      const now = bytes === undefined ? known[at] : { version, rows: rowsOfTile(tile, bytes, sha256) };
      if (now === undefined) return missing(tile);
      this.#kept.set(keyOf(tile), now);
      rows.set(tilePath(tile), now.rows);
    }
    return prove(hashesFromRows(size, (tile) => rows.get(tilePath(tile)) ?? missing(tile)));
  }
}

function missing(tile: Tile): never {
  throw new AppError("server.internal", { tile: tilePath(tile) });
}
