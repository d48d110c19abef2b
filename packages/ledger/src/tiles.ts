import { RecentlyUsed } from "@gatehouse/base";
import { concatBytes } from "@noble/hashes/utils.js";
import { isTreeSize } from "./limits.ts";
import type { HashAt, TreeNode } from "./nodes.ts";
import { malformed } from "./refusal.ts";
import { HASH_BYTES, type Hash, hashNode } from "./tree-hash.ts";

// Tiles of C2SP tlog-tiles: the tree in files of 256 hashes, eight levels of the tree each.

/** Hashes of a full tile. */
export const TILE_WIDTH = 256;
/** Levels of the tree from one level of tiles to the next. */
const TILE_HEIGHT = 8;
/** 256^6 leaves are 2^48; level 6 is the last one that a tree of less than 2^53 leaves reaches. */
const MAX_TILE_LEVEL = 6;
/** Two levels of tiles and both edges, a few times over: half a megabyte. */
const KEPT_TILES = 16;

export interface Tile {
  /** Level of tiles; hashes of level 0 are leaf hashes, each above is the hash of a full tile below. */
  readonly level: number;
  readonly index: number;
  /** Number of hashes, 1 to 256; less is a partial tile. */
  readonly width: number;
}

export interface FilledTile {
  readonly tile: Tile;
  /** `width` hashes of 32 bytes. */
  readonly bytes: Uint8Array;
}

/** Bytes of a tile of which at least `width` hashes are there. */
export type ReadTile = (tile: Tile) => Uint8Array;

/** `tile/<L>/<N>[.p/<W>]` */
export const tilePath = (tile: Tile): string => `tile/${tile.level}/${indexPath(tile)}`;

/** `tile/entries/<N>[.p/<W>]`: the entries of the level 0 tile of this index. */
export const entriesPath = (tile: Omit<Tile, "level">): string => `tile/entries/${indexPath(tile)}`;

/** Groups of three digits, all but the last with an x: `x001/x234/067`. */
function indexPath({ index, width }: Omit<Tile, "level">): string {
  const digits = String(index);
  const groups = digits.padStart(3 * Math.ceil(digits.length / 3), "0").match(/.../g) ?? [];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/");
  return width === TILE_WIDTH ? path : `${path}.p/${width}`;
}

const TILE_PATH =
  /^tile\/(entries|[0-6])\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d?|1\d\d|2[0-4]\d|25[0-5]))?$/;

/** What a path asks for, with level "entries" for entry bundles; undefined when it is not the one path of a tile. */
export function parseTilePath(
  path: string,
): { level: number | "entries"; index: number; width: number } | undefined {
  const [, level, groups, width] = TILE_PATH.exec(path) ?? [];
  if (level === undefined || groups === undefined) return undefined;
  const index = Number(groups.replace(/[x/]/g, ""));
  const found = { index, width: width === undefined ? TILE_WIDTH : Number(width) };
  if (level === "entries") return entriesPath(found) === path ? { level, ...found } : undefined;
  const tile = { level: Number(level), ...found };
  return tilePath(tile) === path ? tile : undefined;
}

/** Number of hashes at a level of tiles in a tree of this size. */
const hashesAt = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level);

/** The tile of a level and index as it is in a tree of this size; undefined when it has no hash yet. */
export function tileAt(level: number, index: number, size: number): Tile | undefined {
  const width = Math.min(TILE_WIDTH, hashesAt(level, size) - index * TILE_WIDTH);
  return width > 0 ? { level, index, width } : undefined;
}

/** Tiles that are new or wider when a tree grows from one size to another, from the leaves up. */
export function tilesChanged(from: number, to: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; hashesAt(level, to) > hashesAt(level, from); level++) {
    for (let index = Math.floor(hashesAt(level, from) / TILE_WIDTH); ; index++) {
      const tile = tileAt(level, index, to);
      if (tile === undefined) break;
      tiles.push(tile);
    }
  }
  return tiles;
}

/** The tile that holds what a node of the tree is made of, in a tree of this size. */
export function tileOf(node: TreeNode, size: number): Tile {
  const level = Math.floor(node.level / TILE_HEIGHT);
  const { index, from, count } = hashesOfNode(node);
  const tile = tileAt(level, index, size);
  if (tile === undefined || from + count > tile.width)
    throw new RangeError("the tree is too small for this node");
  return tile;
}

/** Which hashes of which tile of its level a node is made of. */
function hashesOfNode({ level, index }: TreeNode): { index: number; from: number; count: number } {
  const count = 2 ** (level % TILE_HEIGHT);
  const first = index * count;
  return { index: Math.floor(first / TILE_WIDTH), from: first % TILE_WIDTH, count };
}

/** Tiles that hold these nodes, each once: what to load before proving. */
export function tilesOf(nodes: readonly TreeNode[], size: number): Tile[] {
  const tiles = nodes.map((node) => tileOf(node, size));
  return [...new Map(tiles.map((tile) => [tilePath(tile), tile])).values()];
}

/** Hashes of a tile, and above them those of their complete pairs, up to the one over 256. */
export type TileRows = readonly (readonly Uint8Array[])[];

/** Of the bytes of a tile, which may have grown beyond its width since. */
export const rowsOfTile = ({ width }: Tile, bytes: Uint8Array, hash?: Hash): TileRows =>
  rowsAbove(hashesIn(bytes, width), hash);

/** Hashes of complete subtrees of a tree of this size, from its tiles. */
export const hashesFromRows =
  (size: number, rowsOf: (tile: Tile) => TileRows): HashAt =>
  (level, index) => {
    const node = { level, index };
    const { from, count } = hashesOfNode(node);
    return rowsOf(tileOf(node, size))[level % TILE_HEIGHT]?.[from / count] as Uint8Array;
  };

/** The same, with tiles read when they are needed: many proofs of neighbours cost little more than one. */
export function hashesFromTiles(size: number, readTile: ReadTile, hash?: Hash): HashAt {
  const kept = new RecentlyUsed<TileRows>(KEPT_TILES);
  return hashesFromRows(size, (tile) => {
    const path = tilePath(tile);
    const rows = kept.get(path) ?? rowsOfTile(tile, readTile(tile), hash);
    kept.set(path, rows);
    return rows;
  });
}

/** Hash of a full tile: what the level above holds of it. */
export const hashTile = (bytes: Uint8Array, hash?: Hash): Uint8Array =>
  rowsAbove(hashesIn(bytes, TILE_WIDTH), hash)[TILE_HEIGHT]?.[0] as Uint8Array;

function hashesIn(tile: Uint8Array, width: number): Uint8Array[] {
  if (tile.length < width * HASH_BYTES || tile.length % HASH_BYTES !== 0)
    throw malformed("tile", "the tile has too few hashes");
  return Array.from({ length: width }, (_, at) => tile.slice(at * HASH_BYTES, (at + 1) * HASH_BYTES));
}

function rowsAbove(hashes: Uint8Array[], hash?: Hash): Uint8Array[][] {
  const rows = [hashes];
  for (let row = hashes; row.length > 1; ) {
    const below = row;
    row = Array.from({ length: Math.floor(below.length / 2) }, (_, at) =>
      hashNode(below[2 * at] as Uint8Array, below[2 * at + 1] as Uint8Array, hash),
    );
    rows.push(row);
  }
  return rows;
}

/**
 * The tiles that change when leaf hashes follow a tree of `size` leaves, each as it is afterwards, from the leaves
 * up. `readTile` gives the partial tiles that are at the right edge before.
 */
export function growTiles(
  size: number,
  leaves: readonly Uint8Array[],
  readTile: ReadTile,
  hash?: Hash,
): FilledTile[] {
  if (!isTreeSize(size + leaves.length)) throw new RangeError("the tree cannot grow beyond 2^53 − 1 leaves");
  const filled: FilledTile[] = [];
  let added = leaves;
  for (let level = 0; added.length > 0 && level <= MAX_TILE_LEVEL; level++) {
    const before = hashesAt(level, size);
    const index = Math.floor(before / TILE_WIDTH);
    const edge = { level, index, width: before % TILE_WIDTH };
    const kept = edge.width === 0 ? [] : hashesIn(readTile(edge), edge.width);
    const grown = growLevel(level, index, [...kept, ...added]);
    filled.push(...grown);
    added = grown.filter(({ tile }) => tile.width === TILE_WIDTH).map(({ bytes }) => hashTile(bytes, hash));
  }
  return filled;
}

function growLevel(level: number, index: number, hashes: readonly Uint8Array[]): FilledTile[] {
  const filled: FilledTile[] = [];
  for (let at = 0; at < hashes.length; at += TILE_WIDTH) {
    const row = hashes.slice(at, at + TILE_WIDTH);
    const tile = { level, index: index + at / TILE_WIDTH, width: row.length };
    filled.push({ tile, bytes: concatBytes(...row) });
  }
  return filled;
}
