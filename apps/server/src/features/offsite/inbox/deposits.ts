import { AppError, type Uuid } from "@gatehouse/base";
import { sha256Hex } from "../../../platform/secrets/index.ts";
import type { CopyName } from "../model.ts";
import { type Digests, digestsOf, isSigned, keyBlob, segmentBlob } from "./deposit-files.ts";
import type { InboxContext } from "./inbox-service.ts";
import { type InboxRecord, InboxStore, type ReceivedRecord } from "./inbox-store.ts";

const DAY_MS = 86_400_000;
/** What nobody goes on with goes after as long. */
const UNFINISHED_DAYS = 7;
/** What copies leave of the disk: twice what recordings do, so that no copy takes the place of what is recorded here. */
const LEFT_FREE_BYTES = 1_024 * 1_048_576;

export interface Announced extends CopyName {
  readonly bytes: number;
  readonly sha256: string;
  readonly key: Uint8Array;
}

export interface Progress {
  readonly offset: number;
  readonly whole: boolean;
}

/** What programs do with an inbox: add, ask, and delete what is old enough. Nothing is ever overwritten. */
export class Deposits {
  readonly #context: InboxContext;
  readonly #store: InboxStore;
  /** By inbox and segment: one thing after the other. */
  readonly #busy = new Map<string, Promise<unknown>>();

  constructor(context: InboxContext) {
    this.#context = context;
    this.#store = new InboxStore(context.db);
  }

  /** What was being written when the server ended is counted as it lies on the disk. */
  async start(): Promise<void> {
    await this.#context.blobs.removeDrafts();
    for (const copy of await this.#store.unfinished(Number.MAX_SAFE_INTEGER)) await this.#recount(copy);
  }

  /** Refuses `offsite.inbox_full`, `offsite.copy_exists`, `server.disk_full`. */
  begin(inboxId: Uuid, { key, ...announced }: Announced): Promise<Progress> {
    return this.#alone(inboxId, announced.segmentId, async () => {
      const { blobs, clock } = this.#context;
      const inbox = await this.#inbox(inboxId);
      const copy: ReceivedRecord = {
        ...{ ...announced, inboxId, keyBytes: key.length, keySha256: sha256Hex(key) },
        ...{ whole: false, begunMs: clock.nowMs() },
      };
      const known = await this.#store.received(inboxId, announced.segmentId);
      const isStanding = known?.whole === true && (await this.#isAsPromised(known));
      if (known !== undefined && isStanding) {
        if (!isSame(known, copy)) throw new AppError("offsite.copy_exists");
        return { offset: known.bytes, whole: true };
      }
      // What was never ended, or is not any more what was taken, counts for nothing.
      if (known !== undefined && (known.whole || !isSame(known, copy))) await this.#remove(known);
      await this.#assertSpace(announced.bytes);
      if (!(await this.#store.begin(copy, inbox.capBytes))) throw new AppError("offsite.inbox_full");
      await blobs.put(keyBlob(copy), key);
      return { offset: await this.#recount(copy), whole: false };
    });
  }

  /** On disk when it resolves. Refuses `offsite.copy_not_found`, `offsite.offset_wrong`, `server.disk_full`. */
  append(inboxId: Uuid, segmentId: Uuid, offset: number, bytes: Uint8Array): Promise<Progress> {
    return this.#alone(inboxId, segmentId, async () => {
      const copy = await this.#find(inboxId, segmentId);
      const { blobs } = this.#context;
      const there = (await blobs.size(segmentBlob(copy))) ?? 0;
      if (copy.whole || there !== offset || there + bytes.length > copy.bytes)
        throw new AppError("offsite.offset_wrong", { offset: there });
      await this.#assertSpace(bytes.length);
      const file = (await blobs.reopen(segmentBlob(copy))) ?? (await blobs.create(segmentBlob(copy)));
      try {
        await file.append(bytes);
      } finally {
        await file.close();
      }
      return { offset: await this.#recount(copy), whole: false };
    });
  }

  /** Refuses `offsite.copy_not_found`, `offsite.copy_wrong`: then it is as if nothing had arrived. */
  finish(inboxId: Uuid, segmentId: Uuid): Promise<Digests> {
    return this.#alone(inboxId, segmentId, async () => {
      const { audit, blobs, clock, db } = this.#context;
      const inbox = await this.#inbox(inboxId);
      const copy = await this.#find(inboxId, segmentId);
      const digests = await digestsOf(blobs, copy);
      const isIt = digests?.sha256 === copy.sha256 && digests.keySha256 === copy.keySha256;
      if (!isIt || (inbox.senderKey !== "" && !(await isSigned(blobs, copy, inbox.senderKey)))) {
        if (!copy.whole) await this.#remove(copy);
        throw new AppError("offsite.copy_wrong", { reason: isIt ? "signature" : "digest" });
      }
      await db.transaction().execute(async (tx) => {
        await new InboxStore(tx).setWhole(copy, clock.nowMs());
        await audit.record(tx, {
          kind: "offsite.copy_received",
          tenantId: inbox.tenantId,
          subject: { kind: "offsite_inbox", id: inboxId },
          data: { segmentId, bytes: copy.bytes, sha256: copy.sha256 },
        });
      });
      return digests;
    });
  }

  /** As it is on the disk now. Refuses `offsite.copy_not_found`. */
  async check(inboxId: Uuid, segmentId: Uuid): Promise<Digests> {
    const copy = await this.#find(inboxId, segmentId);
    const digests = copy.whole ? await digestsOf(this.#context.blobs, copy) : undefined;
    if (digests === undefined) throw new AppError("offsite.copy_not_found");
    return digests;
  }

  /** Refuses `offsite.copy_not_found`, `offsite.copy_kept`. */
  remove(inboxId: Uuid, segmentId: Uuid): Promise<void> {
    return this.#alone(inboxId, segmentId, async () => {
      const { audit, clock, db } = this.#context;
      const inbox = await this.#inbox(inboxId);
      const copy = await this.#find(inboxId, segmentId);
      const keptUntilMs = copy.begunMs + inbox.keepDays * DAY_MS;
      if (copy.whole && clock.nowMs() < keptUntilMs) throw new AppError("offsite.copy_kept", { keptUntilMs });
      await this.#removeFiles(copy);
      await db.transaction().execute(async (tx) => {
        await new InboxStore(tx).removeReceived(copy);
        await audit.record(tx, {
          kind: "offsite.copy_removed",
          tenantId: inbox.tenantId,
          subject: { kind: "offsite_inbox", id: inboxId },
          data: { segmentId, bytes: copy.bytes },
        });
      });
    });
  }

  putKey(inboxId: Uuid, tenantId: Uuid, generation: number, sealed: Uint8Array): Promise<void> {
    return this.#store.addKey(inboxId, tenantId, generation, sealed);
  }

  async list(inboxId: Uuid, tenantId: Uuid, after: Uuid | undefined, limit: number) {
    const [items, keys] = await Promise.all([
      this.#store.listWhole(inboxId, tenantId, after, limit),
      this.#store.keys(inboxId, tenantId),
    ]);
    return { items, keys };
  }

  async read(inboxId: Uuid, segmentId: Uuid, file: "segment" | "key", from: number, to: number) {
    const copy = await this.#find(inboxId, segmentId);
    const name = file === "segment" ? segmentBlob(copy) : keyBlob(copy);
    const bytes = copy.whole ? await this.#context.blobs.read(name, from, to) : undefined;
    if (bytes === undefined) throw new AppError("offsite.copy_not_found");
    return bytes;
  }

  /** What was begun and never ended. */
  async sweep(): Promise<void> {
    const { clock } = this.#context;
    for (const copy of await this.#store.unfinished(clock.nowMs() - UNFINISHED_DAYS * DAY_MS))
      await this.#alone(copy.inboxId, copy.segmentId, () => this.#remove(copy));
  }

  async #isAsPromised(copy: ReceivedRecord): Promise<boolean> {
    const digests = await digestsOf(this.#context.blobs, copy);
    return digests?.sha256 === copy.sha256 && digests.keySha256 === copy.keySha256;
  }

  async #assertSpace(bytes: number): Promise<void> {
    const { freeBytes } = await this.#context.blobs.space();
    if (freeBytes < LEFT_FREE_BYTES + bytes) throw new AppError("server.disk_full");
  }

  async #inbox(inboxId: Uuid): Promise<InboxRecord> {
    const inbox = await this.#store.find(inboxId);
    if (inbox === undefined) throw new AppError("offsite.inbox_not_found");
    return inbox;
  }

  async #find(inboxId: Uuid, segmentId: Uuid): Promise<ReceivedRecord> {
    const copy = await this.#store.received(inboxId, segmentId);
    if (copy === undefined) throw new AppError("offsite.copy_not_found");
    return copy;
  }

  /** Answers how much of the segment's file is here. */
  async #recount(copy: ReceivedRecord): Promise<number> {
    const { blobs, clock } = this.#context;
    const bytes = (await blobs.size(segmentBlob(copy))) ?? 0;
    const keyBytes = (await blobs.size(keyBlob(copy))) ?? 0;
    await this.#store.setStored(copy, bytes + keyBytes, clock.nowMs());
    return bytes;
  }

  async #removeFiles(copy: ReceivedRecord): Promise<void> {
    await this.#context.blobs.remove(keyBlob(copy));
    await this.#context.blobs.remove(segmentBlob(copy));
  }

  async #remove(copy: ReceivedRecord): Promise<void> {
    await this.#removeFiles(copy);
    await this.#store.removeReceived(copy);
  }

  async #alone<T>(inboxId: Uuid, segmentId: Uuid, act: () => Promise<T>): Promise<T> {
    const key = `${inboxId} ${segmentId}`;
    const before = this.#busy.get(key) ?? Promise.resolve();
    const acting = before.then(act, act);
    this.#busy.set(key, acting);
    try {
      return await acting;
    } finally {
      if (this.#busy.get(key) === acting) this.#busy.delete(key);
    }
  }
}

const isSame = (one: ReceivedRecord, other: ReceivedRecord): boolean =>
  one.tenantId === other.tenantId &&
  one.cameraId === other.cameraId &&
  one.bytes === other.bytes &&
  one.sha256 === other.sha256 &&
  one.keySha256 === other.keySha256;
