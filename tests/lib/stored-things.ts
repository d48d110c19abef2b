import { randomUUID } from "node:crypto";
import type { Client } from "pg";

// What no request makes at once: written into the database as the server would have left it. Each answers its id.

export async function insertAlert(database: Client, tenantId: string, deviceId: string): Promise<string> {
  const id = randomUUID();
  await database.query(
    `insert into alerts (id, tenant_id, rule_name, severity, state, device_id, device_name, site_name, condition,
       raised_at, created_at, channel_ids)
     values ($1, $2, 'r', 'info', 'active', $3, 'd', 's', '{"kind":"silence","forMs":1000}', now(), now(), '{}')`,
    [id, tenantId, deviceId],
  );
  return id;
}

/** Of now: what is older than recordings are kept is deleted within a minute. */
export async function insertSegment(database: Client, tenantId: string, cameraId: string): Promise<string> {
  const id = randomUUID();
  await database.query(
    `insert into recording_segments (id, tenant_id, camera_id, state, codec, start_ms, first_ms, last_ms, frames, bytes,
       chunks, pinned, transient, moved)
     values ($1, $2, $3, 'unsigned', 'jpeg', $4, $4, $4, 1, 0, '', false, false, false)`,
    [id, tenantId, cameraId, Date.now()],
  );
  return id;
}

export async function insertCameraEvent(
  database: Client,
  tenantId: string,
  cameraId: string,
): Promise<string> {
  const id = randomUUID();
  await database.query(
    `insert into camera_events (id, tenant_id, camera_id, kind, start_at, seen_at, end_at, strength, zones, best_at)
     values ($1, $2, $3, 'motion', now(), now(), now(), 0.1, '{}', now())`,
    [id, tenantId, cameraId],
  );
  return id;
}

export async function insertExport(database: Client, tenantId: string, cameraId: string): Promise<string> {
  const id = randomUUID();
  await database.query(
    `insert into recording_exports (id, tenant_id, camera_id, from_ms, to_ms, form, speed, state, asked_ms, ended_ms,
       bytes, frames, damaged, error)
     values ($1, $2, $3, 1, 2, 'mp4', 1, 'failed', 9000000000000, 9000000000000, 0, 0, 0, 'export.failed')`,
    [id, tenantId, cameraId],
  );
  return id;
}

export async function insertShare(database: Client, tenantId: string, cameraId: string): Promise<string> {
  const id = randomUUID();
  await database.query(
    `insert into recording_shares (id, tenant_id, number, camera_id, from_ms, to_ms, token_sha256, made_by, made_ms,
       expires_ms, openings, note, shows_camera, allows_download, film_state)
     values ($1, $2, (select count(*) + 1 from recording_shares where tenant_id = $2), $3, 1, 2, $4, $2, 1,
       9000000000000, 0, '', true, true, 'failed')`,
    [id, tenantId, cameraId, randomUUID()],
  );
  return id;
}

export async function insertDelivery(database: Client, tenantId: string): Promise<string> {
  const id = randomUUID();
  await database.query(
    `insert into deliveries (id, tenant_id, channel_name, kind, recipient, subject, body, severity, state, created_at)
     values ($1, $2, 'c', 'webhook', 'r', 's', 'b', 'info', 'held', now())`,
    [id, tenantId],
  );
  return id;
}

export async function insertLabRun(database: Client, tenantId: string): Promise<string> {
  const id = randomUUID();
  await database.query("insert into lab_runs values ($1, $2, 'n', now(), now(), 'passed', '[]', '[]')", [
    id,
    tenantId,
  ]);
  return id;
}
