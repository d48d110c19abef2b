import type { Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { CameraDatabase } from "../tables.ts";
import type { LastFrame } from "./health.ts";

/** Of every organisation: for the memory. */
export async function loadLastFrames(db: CameraDatabase): Promise<(LastFrame & { cameraId: Uuid })[]> {
  const rows = await db
    .selectFrom("camera_last_frames")
    .select(["device_id", "taken_at", "width", "height"])
    .execute();
  return rows.map(({ device_id: cameraId, taken_at, width, height }) => ({
    ...{ cameraId, width, height },
    takenMs: taken_at.getTime(),
  }));
}

/** All in one statement; cameras that are gone are left out. */
export async function saveLastFrames(
  db: CameraDatabase,
  frames: readonly (LastFrame & { readonly cameraId: Uuid })[],
): Promise<void> {
  const ids = frames.map(({ cameraId }) => cameraId);
  const times = frames.map(({ takenMs }) => new Date(takenMs));
  const widths = frames.map(({ width }) => width);
  const heights = frames.map(({ height }) => height);
  await sql`
    insert into camera_last_frames (device_id, tenant_id, taken_at, width, height)
    select d.id, d.tenant_id, f.taken_at, f.width, f.height
    from unnest(${ids}::uuid[], ${times}::timestamptz[], ${widths}::int[], ${heights}::int[])
      as f (device_id, taken_at, width, height)
    join devices d on d.id = f.device_id
    on conflict (device_id) do update
      set taken_at = excluded.taken_at, width = excluded.width, height = excluded.height`.execute(db);
}
