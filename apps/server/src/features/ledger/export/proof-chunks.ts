import {
  blocksOf,
  HASH_BYTES,
  type LeafRange,
  TILE_WIDTH,
  type Tile,
  tileAt,
  tilePath,
} from "@gatehouse/ledger";
import type { LogStore } from "../log-store.ts";
import type { Log } from "../model.ts";
import type { ProofService } from "../reading/proof-service.ts";

export interface ProvenRange {
  readonly from: number;
  /** Not included. */
  readonly to: number;
  /** Of the tree that is proven under. */
  readonly size: number;
  /** Rising indexes that have a line; undefined when all have. */
  readonly listed?: readonly number[] | undefined;
}

/** Tiles read at a time: 48 KB of hashes, and whole base64 groups where the first tile is whole. */
const TILES_AT_A_TIME = 48;

/** `proofs.json` of the range form (docs/verify.md), written piece by piece: a million leaves are 43 MB. */
export async function* proofChunks(
  store: LogStore,
  proofs: ProofService,
  log: Log,
  { from, to, size, listed }: ProvenRange,
): AsyncGenerator<Uint8Array> {
  const hashAt = await proofs.hashesOf(log, [
    { start: 0, end: from },
    { start: to, end: size },
  ]);
  const blocks = (range: LeafRange): string =>
    Buffer.concat(blocksOf(range).map(({ level, index }) => hashAt(level, index))).toString("base64");
  yield utf8(`{"form":"range","from":${from},"left":"${blocks({ start: 0, end: from })}","leaves":"`);
  let rest: Uint8Array = new Uint8Array(0);
  for await (const leaves of leavesOf(store, log, { start: from, end: to })) {
    const bytes = Buffer.concat([rest, leaves]);
    const whole = bytes.length - (bytes.length % 3);
    yield utf8(bytes.toString("base64", 0, whole));
    rest = bytes.subarray(whole);
  }
  yield utf8(Buffer.from(rest).toString("base64"));
  yield utf8(`","right":"${blocks({ start: to, end: size })}"`);
  yield utf8(listed === undefined ? "}" : `,"listed":${JSON.stringify(listed)}}`);
}

/** The leaf hashes of a range from the tiles, which an event that was changed later does not change. */
async function* leavesOf(store: LogStore, log: Log, { start, end }: LeafRange): AsyncGenerator<Uint8Array> {
  const last = Math.ceil(end / TILE_WIDTH);
  for (let first = Math.floor(start / TILE_WIDTH); first < last; first += TILES_AT_A_TIME) {
    const tiles: Tile[] = [];
    for (let index = first; index < Math.min(last, first + TILES_AT_A_TIME); index++) {
      const tile = tileAt(0, index, log.frontier.size);
      if (tile !== undefined) tiles.push(tile);
    }
    const read = await store.tiles(log.id, tiles);
    for (const tile of tiles) {
      const bytes = read.get(tilePath(tile));
      if (bytes === undefined) throw new Error(`the log has no ${tilePath(tile)}`);
      const begin = tile.index * TILE_WIDTH;
      const part = (at: number): number => Math.min(TILE_WIDTH, Math.max(0, at - begin)) * HASH_BYTES;
      yield bytes.subarray(part(start), part(end));
    }
  }
}

const utf8 = (text: string): Uint8Array => Buffer.from(text);
