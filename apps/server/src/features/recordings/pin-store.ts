import type { UnixMs, Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { AnyDatabase } from "../../platform/database/index.ts";

export interface Pin {
  readonly eventId: Uuid;
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs | undefined;
}

/** Keeps the pin, and says of every segment from its time on whether an event needs it now. */
export async function setPin(tx: AnyDatabase, pin: Pin): Promise<void> {
  const { eventId, tenantId, cameraId, fromMs } = pin;
  const toMs = pin.toMs ?? null;
  await sql`
    insert into recording_pins (event_id, tenant_id, camera_id, from_ms, to_ms)
    values (${eventId}, ${tenantId}, ${cameraId}, ${fromMs}, ${toMs})
    on conflict (event_id) do update set from_ms = excluded.from_ms, to_ms = excluded.to_ms
      where recording_pins.tenant_id = excluded.tenant_id`.execute(tx);
  await sql`
    update recording_segments s set pinned = not s.pinned
    where s.tenant_id = ${tenantId} and s.camera_id = ${cameraId} and s.state <> 'erased' and s.last_ms >= ${fromMs}
      and s.pinned <> exists (
        select from recording_pins p where p.camera_id = s.camera_id
          and p.from_ms <= s.last_ms and (p.to_ms is null or p.to_ms >= s.first_ms))`.execute(tx);
}
