import type { Clock, Logger, Uuid } from "@gatehouse/base";
import type { RecordingContext } from "../context.ts";
import { EVENT_GRACE_MS } from "../model.ts";
import { RoomStore } from "../room/room-store.ts";

const DAY_MS = 86_400_000;

/** Takes away what is older than its camera keeps, and in mode events what no event came to need. */
export async function removeOutdated(
  context: Pick<RecordingContext, "cameras" | "room" | "db"> & {
    readonly clock: Pick<Clock, "nowMs">;
    readonly log: Logger;
  },
  tenantIds: readonly Uuid[],
  signal: { readonly aborted: boolean },
): Promise<void> {
  const { cameras, clock, db, log, room } = context;
  for (const tenantId of tenantIds) {
    const store = new RoomStore(db, tenantId);
    let freed = 0;
    for (const { cameraId } of cameras.list(tenantId)) {
      const settings = cameras.settingsOf(cameraId)?.recording;
      if (settings === undefined) continue;
      const before = (days: number): number => clock.nowMs() - days * DAY_MS;
      const limits = {
        continuousBeforeMs: before(settings.continuousDays),
        motionBeforeMs: before(settings.motionDays),
        eventBeforeMs: before(settings.eventDays),
        transientBeforeMs: clock.nowMs() - settings.preRollSeconds * 1_000 - EVENT_GRACE_MS,
      };
      for (let bytes = -1; bytes !== 0 && !signal.aborted; freed += bytes)
        bytes = await store.removeOutdated(cameraId, limits, (segment) => room.removeFiles(segment));
      await store.deletePinsBefore(cameraId, limits.eventBeforeMs);
    }
    if (freed === 0) continue;
    log.info({ tenantId, bytes: freed }, "recordings.outdated_removed");
    await room.recount(tenantId);
  }
}
