import type { UnixMs, Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { AnyDatabase } from "../../platform/database/index.ts";

export interface Pin {
  readonly eventId: Uuid;
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs | undefined;
  /** However old it is. As it was, unless told; at first not. */
  readonly held?: boolean | undefined;
}

/** Keeps the pin, and says of every segment from its time on whether an event needs it now. */
export async function setPin(tx: AnyDatabase, pin: Pin): Promise<void> {
  const { eventId, tenantId, cameraId, fromMs } = pin;
  const toMs = pin.toMs ?? null;
  await sql`
    insert into recording_pins (event_id, tenant_id, camera_id, from_ms, to_ms, held)
    values (${eventId}, ${tenantId}, ${cameraId}, ${fromMs}, ${toMs}, ${pin.held ?? false})
    on conflict (event_id) do update set from_ms = excluded.from_ms, to_ms = excluded.to_ms,
        held = coalesce(${pin.held ?? null}::boolean, recording_pins.held)
      where recording_pins.tenant_id = excluded.tenant_id`.execute(tx);
  await markPinned(tx, pin);
}

/** The pin is none any more; what nothing else pins makes room again. */
export async function clearPin(tx: AnyDatabase, tenantId: Uuid, eventId: Uuid): Promise<void> {
  const { rows } = await sql<{ camera_id: string; from_ms: number }>`
    delete from recording_pins where event_id = ${eventId} and tenant_id = ${tenantId}
    returning camera_id, from_ms`.execute(tx);
  for (const { camera_id: cameraId, from_ms: fromMs } of rows)
    await markPinned(tx, { tenantId, cameraId, fromMs });
}

async function markPinned(
  tx: AnyDatabase,
  { tenantId, cameraId, fromMs }: Pick<Pin, "tenantId" | "cameraId" | "fromMs">,
): Promise<void> {
  await sql`
    update recording_segments s set pinned = not s.pinned
    where s.tenant_id = ${tenantId} and s.camera_id = ${cameraId} and s.state <> 'erased' and s.last_ms >= ${fromMs}
      and s.pinned <> exists (
        select from recording_pins p where p.camera_id = s.camera_id
          and p.from_ms <= s.last_ms and (p.to_ms is null or p.to_ms >= s.first_ms))`.execute(tx);
}

/** Whether the pin of an event, if it still has one, holds however old it is. */
export async function holdPin(
  tx: AnyDatabase,
  { tenantId, eventId }: { readonly tenantId: Uuid; readonly eventId: Uuid },
  held: boolean,
): Promise<void> {
  await sql`
    update recording_pins set held = ${held}
    where event_id = ${eventId} and tenant_id = ${tenantId}`.execute(tx);
}
