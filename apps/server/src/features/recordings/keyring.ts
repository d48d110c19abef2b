import { AppError, type Clock, isAppError, type Random, type Uuid } from "@gatehouse/base";
import type { Blobs } from "../../platform/blobs/index.ts";
import {
  type MasterKey,
  newRecordingKey,
  openRecordingKey,
  type SegmentKeys,
} from "../../platform/secrets/index.ts";
import { addKey, deleteKeysBefore, listKeys } from "./key-store.ts";
import { keyBlob, type SegmentName } from "./model.ts";
import type { RecordingDatabase } from "./tables.ts";

const KEY_BYTES = 32;
const GENERATION_BYTES = 4;
/** Generation of the organisation's key u32 · the segment's key, wrapped (RFC 5649: 40 bytes). */
export const KEY_BLOB_BYTES = GENERATION_BYTES + 40;

/** Of one organisation. */
interface Generations {
  readonly newest: number;
  readonly keys: ReadonlyMap<number, SegmentKeys>;
}

/** Where a key lies, when it is not beside a segment. */
export interface KeyPlace {
  readonly blobs: Blobs;
  readonly blob: string;
}

interface KeyringDeps {
  readonly db: RecordingDatabase;
  readonly blobs: Blobs;
  readonly masterKey: MasterKey;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Keys of segments. Each has a small file of its own beside its segment, so that no backup of the database holds one:
 * who deletes the file has erased the segment for good.
 */
export class SegmentKeyring {
  readonly #deps: KeyringDeps;
  /** Keys that are on their way to the disk, maybe under what was the newest key a moment ago. */
  readonly #making = new Set<Promise<Uint8Array>>();
  readonly #ofTenant = new Map<Uuid, Promise<Generations>>();

  constructor(deps: KeyringDeps) {
    this.#deps = deps;
  }

  /** A new segment's key, wrapped and on disk. */
  async make(name: SegmentName, place = this.#placeOf(name)): Promise<Uint8Array> {
    const making = this.#make(name, place);
    this.#making.add(making);
    try {
      return await making;
    } finally {
      this.#making.delete(making);
    }
  }

  async #make(name: SegmentName, { blobs, blob }: KeyPlace): Promise<Uint8Array> {
    const key = this.#deps.random.bytes(KEY_BYTES);
    await blobs.put(blob, this.#wrapped(name, key, await this.#generations(name.tenantId)));
    return key;
  }

  /** The key of a segment that somebody else sealed, as its file is to have it. */
  async wrap(name: SegmentName, key: Uint8Array): Promise<Uint8Array> {
    return this.#wrapped(name, key, await this.#generations(name.tenantId));
  }

  #placeOf(name: SegmentName): KeyPlace {
    return { blobs: this.#deps.blobs, blob: keyBlob(name) };
  }

  /** Undefined when it was erased; refuses `secret.unreadable` for one of another segment or installation. */
  async open(
    name: SegmentName,
    { blobs, blob }: KeyPlace = this.#placeOf(name),
  ): Promise<Uint8Array | undefined> {
    const file = await blobs.read(blob, 0, KEY_BLOB_BYTES);
    if (file === undefined) return undefined;
    if (file.length !== KEY_BLOB_BYTES) throw new AppError("secret.unreadable");
    const generation = new DataView(file.buffer, file.byteOffset).getUint32(0);
    const { keys } = await this.#generations(name.tenantId);
    const found = keys.get(generation);
    if (found === undefined) throw new AppError("secret.unreadable");
    return found.unwrap(name, file.subarray(GENERATION_BYTES));
  }

  /** The key of the organisation is made anew: what is recorded from now on is under it. Answers its generation. */
  async renew(tenantId: Uuid): Promise<number> {
    const { newest } = await this.#generations(tenantId);
    await this.#add(tenantId, newest + 1);
    await Promise.allSettled(this.#making);
    return newest + 1;
  }

  /** A key of the organisation that was made here once; false when the master key does not open it. */
  async learn(tenantId: Uuid, generation: number, sealed: Uint8Array): Promise<boolean> {
    const { clock, db, masterKey } = this.#deps;
    try {
      openRecordingKey(masterKey, tenantId, generation, sealed);
    } catch (error) {
      if (isAppError(error, "secret.unreadable")) return false;
      throw error;
    }
    await addKey(db, { tenantId, generation, sealed, madeMs: clock.nowMs() });
    this.#ofTenant.delete(tenantId);
    return true;
  }

  async newest(tenantId: Uuid): Promise<number> {
    return (await this.#generations(tenantId)).newest;
  }

  /** Wraps a segment's key under the newest key of the organisation; false when it is there or the segment is gone. */
  async rewrap(name: SegmentName, place: KeyPlace = this.#placeOf(name)): Promise<boolean> {
    const { blobs, blob } = place;
    const generations = await this.#generations(name.tenantId);
    const file = await blobs.read(blob, 0, GENERATION_BYTES);
    if (file?.length !== GENERATION_BYTES) return false;
    if (new DataView(file.buffer, file.byteOffset).getUint32(0) === generations.newest) return false;
    const key = await this.open(name, place);
    if (key === undefined) return false;
    await blobs.put(blob, this.#wrapped(name, key, generations));
    return true;
  }

  /** After every key was wrapped anew: the old ones open nothing any more. */
  async forgetBefore(tenantId: Uuid, generation: number): Promise<void> {
    await deleteKeysBefore(this.#deps.db, tenantId, generation);
    this.#ofTenant.delete(tenantId);
  }

  #wrapped(name: SegmentName, key: Uint8Array, { newest, keys }: Generations): Uint8Array {
    const head = Buffer.alloc(GENERATION_BYTES);
    head.writeUInt32BE(newest);
    return Buffer.concat([head, (keys.get(newest) as SegmentKeys).wrap(name, key)]);
  }

  #generations(tenantId: Uuid): Promise<Generations> {
    const known = this.#ofTenant.get(tenantId);
    if (known !== undefined) return known;
    const loading = this.#load(tenantId).then(async (found) => {
      if (found.keys.size > 0) return found;
      await this.#add(tenantId, 1);
      return this.#load(tenantId);
    });
    this.#ofTenant.set(tenantId, loading);
    // Asked again the next time.
    loading.catch(() => this.#ofTenant.delete(tenantId));
    return loading;
  }

  async #load(tenantId: Uuid): Promise<Generations> {
    const { db, masterKey } = this.#deps;
    const rows = await listKeys(db, tenantId);
    const keys = rows.map(
      ({ generation, sealed }) =>
        [generation, openRecordingKey(masterKey, tenantId, generation, sealed)] as const,
    );
    return { newest: Math.max(0, ...rows.map(({ generation }) => generation)), keys: new Map(keys) };
  }

  async #add(tenantId: Uuid, generation: number): Promise<void> {
    const { clock, db, masterKey, random } = this.#deps;
    await addKey(db, {
      tenantId,
      generation,
      sealed: newRecordingKey(masterKey, tenantId, generation, random),
      madeMs: clock.nowMs(),
    });
    if (generation > 1) this.#ofTenant.delete(tenantId);
  }
}
