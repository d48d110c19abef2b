import type { UnixMs, Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { CameraDatabase } from "./tables.ts";

/** What somebody chose for a camera, and when. */
export interface ChosenSettings {
  readonly settings: cameras.CameraSettings;
  readonly settingsMs: UnixMs;
}

export interface StoredSettings extends ChosenSettings {
  readonly cameraId: Uuid;
}

/** Of every organisation: for the memory. */
export async function loadSettings(db: CameraDatabase): Promise<StoredSettings[]> {
  const rows = await db.selectFrom("cameras").select(["device_id", "settings", "settings_at"]).execute();
  return rows.map((row) => ({
    cameraId: row.device_id,
    settings: withNewer(row.settings),
    settingsMs: row.settings_at.getTime(),
  }));
}

/** False: they are not those of `beforeMs` (undefined: nobody chose any) any more. */
export async function writeSettings(
  db: CameraDatabase,
  { tenantId, cameraId }: { readonly tenantId: Uuid; readonly cameraId: Uuid },
  chosen: ChosenSettings,
  beforeMs: UnixMs | undefined,
): Promise<boolean> {
  const values = {
    settings: JSON.stringify(chosen.settings),
    settings_at: new Date(chosen.settingsMs),
  };
  if (beforeMs === undefined) {
    const added = await db
      .insertInto("cameras")
      .values({ device_id: cameraId, tenant_id: tenantId, ...values })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return added.numInsertedOrUpdatedRows === 1n;
  }
  const changed = await db
    .updateTable("cameras")
    .set(values)
    .where("tenant_id", "=", tenantId)
    .where("device_id", "=", cameraId)
    .where("settings_at", "=", new Date(beforeMs))
    .executeTakeFirst();
  return changed.numUpdatedRows === 1n;
}

/** What was chosen before there was a choice of something has its default. */
const withNewer = (settings: cameras.CameraSettings): cameras.CameraSettings => {
  const { DEFAULT_CAMERA_SETTINGS: fresh } = cameras;
  return {
    ...settings,
    recording: { ...fresh.recording, ...settings.recording },
    detection: { ...fresh.detection, ...settings.detection },
  };
};
