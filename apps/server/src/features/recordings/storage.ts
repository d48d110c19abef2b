import { AppError, type Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import type { RecordingContext } from "./context.ts";
import type { SealedFiles } from "./exports/sealed-files.ts";
import { newestKey } from "./key-store.ts";
import type { Pauses } from "./recording/pauses.ts";
import { RoomStore } from "./room/room-store.ts";
import { type CameraStorage, storageByCamera } from "./storage-store.ts";
import type { Rewrapping } from "./upkeep/rewrapping.ts";

const DAY_MS = 86_400_000;

interface StorageParts {
  readonly pauses: Pauses;
  readonly rewrapping: Pick<Rewrapping, "progressOf">;
  /** Films and archives made from recordings. */
  readonly made: Pick<SealedFiles, "totals">;
}

/** What recordings take, and how much they may. */
export class Storage {
  readonly #context: RecordingContext;
  readonly #parts: StorageParts;

  constructor(context: RecordingContext, parts: StorageParts) {
    this.#context = context;
    this.#parts = parts;
  }

  async get(tenantId: Uuid): Promise<cameras.RecordingStorage> {
    const { blobs, clock, db } = this.#context;
    const sinceMs = clock.nowMs() - DAY_MS;
    const [{ policy, changedMs }, found, disk, key, exports] = await Promise.all([
      new RoomStore(db, tenantId).policy(),
      storageByCamera(db, tenantId, sinceMs),
      blobs.space(),
      newestKey(db, tenantId),
      this.#parts.made.totals(tenantId),
    ]);
    const sum = (pick: (one: CameraStorage) => number): number =>
      found.reduce((total, one) => total + pick(one), 0);
    const oldest = found.map(({ oldestMs }) => oldestMs);
    const paused = this.#parts.pauses.of(tenantId)?.reason;
    const rewrap = this.#parts.rewrapping.progressOf(tenantId);
    return {
      ...{ policy, disk, exports },
      policyMs: changedMs,
      ring: {
        segments: sum((one) => one.segments - one.pinnedSegments),
        bytes: sum((one) => one.bytes - one.pinnedBytes),
      },
      pinned: { segments: sum((one) => one.pinnedSegments), bytes: sum((one) => one.pinnedBytes) },
      ...(oldest.length === 0 ? {} : { oldestMs: Math.min(...oldest) }),
      ...(paused === undefined ? {} : { paused }),
      ...(key === undefined ? {} : { key }),
      ...(rewrap === undefined ? {} : { rewrap }),
      sealedToday: sum((one) => one.newSealed),
      cameras: this.#byCamera(tenantId, found),
    };
  }

  /** What is over a smaller cap is gone when it resolves. Refuses `request.conflict`. */
  async setPolicy(
    tenantId: Uuid,
    policy: cameras.RecordingPolicy,
    knownMs: number,
  ): Promise<cameras.RecordingStorage> {
    const { audit, clock, db, room } = this.#context;
    await db.transaction().execute(async (tx) => {
      const store = new RoomStore(tx, tenantId);
      const { policy: before } = await store.policy();
      if (!(await store.savePolicy(policy, knownMs, clock.nowMs()))) throw new AppError("request.conflict");
      await audit.record(tx, { kind: "recording.policy_changed", tenantId, data: { before, after: policy } });
    });
    await room.recount(tenantId);
    return this.get(tenantId);
  }

  #byCamera(tenantId: Uuid, found: readonly CameraStorage[]): cameras.RecordingStorage["cameras"] {
    const { cameras: known, clock } = this.#context;
    const nowMs = clock.nowMs();
    return found
      .map(({ cameraId, segments, bytes, oldestMs, newBytes }) => {
        const camera = known.find(cameraId);
        const shareOfDay = Math.max(60_000, Math.min(DAY_MS, nowMs - oldestMs)) / DAY_MS;
        return {
          ...{ cameraId, segments, bytes, oldestMs },
          name: camera?.tenantId === tenantId ? camera.name : "",
          label: camera?.tenantId === tenantId ? camera.label : "",
          bytesPerDay: Math.round(newBytes / shareOfDay),
        };
      })
      .sort((a, b) => b.bytes - a.bytes);
  }
}
