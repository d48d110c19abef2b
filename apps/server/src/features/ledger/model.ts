import type { UnixMs, Uuid } from "@gatehouse/base";
import type { ledger } from "@gatehouse/contract";
import { type Frontier, TILE_WIDTH, type Tile } from "@gatehouse/ledger";

/** An event on its way into the log. */
export interface NewEntry {
  readonly eventId: Uuid;
  readonly tenantId: Uuid | undefined;
  readonly kind: ledger.LedgerKind;
  readonly outcome: ledger.Outcome;
  readonly actor: Party;
  readonly subject: Party | undefined;
  readonly atMs: UnixMs;
  /** Canonical JSON. */
  readonly event: Uint8Array;
  readonly leafHash: Uint8Array;
}

export interface Party {
  readonly kind: string;
  readonly id: string;
}

/** A value about a person, as it is kept beside the log. */
export interface SealedPersonal {
  readonly name: string;
  readonly personId: Uuid | undefined;
  /** 32 bytes; with it the value can be checked against the event. */
  readonly salt: Uint8Array;
  readonly value: Uint8Array;
  /** Signed 64-bit integers in decimal. */
  readonly words: readonly string[];
}

/** The log that grows, as far as it is sequenced. */
export interface Log {
  readonly id: number;
  /** Its name in checkpoints. */
  readonly origin: string;
  readonly frontier: Frontier;
  readonly createdMs: UnixMs;
}

/** A signed head of a log. */
export interface StoredCheckpoint {
  readonly logId: number;
  readonly size: number;
  readonly root: Uint8Array;
  readonly atMs: UnixMs;
  /** C2SP signed note, with the log's own signature alone. */
  readonly note: string;
}

/** Entries that a checkpoint may wait for, and how long. */
export const CHECKPOINT_EVERY_ENTRIES = 1_000;
export const CHECKPOINT_EVERY_MS = 10_000;

/** Whether a log that has grown beyond its last checkpoint gets another now. */
export const isCheckpointDue = (growth: {
  readonly entries: number;
  readonly sinceMs: number;
  readonly critical: boolean;
}): boolean =>
  growth.entries > 0 &&
  (growth.critical || growth.entries >= CHECKPOINT_EVERY_ENTRIES || growth.sinceMs >= CHECKPOINT_EVERY_MS);

/** The partial tiles at the right edge of a tree of this size, from the leaves up. */
export function edgeTiles(size: number): Tile[] {
  const tiles: Tile[] = [];
  for (let [level, hashes] = [0, size]; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH)) {
    const width = hashes % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(hashes / TILE_WIDTH), width });
  }
  return tiles;
}
