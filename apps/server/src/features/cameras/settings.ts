import { AppError, type Clock, type UnixMs, type Uuid } from "@gatehouse/base";
import { type Bus, cameras } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import { isForeignKeyViolation } from "../../platform/database/index.ts";
import type { KnownCamera } from "./ports.ts";
import { areaOf, describeChange, hides, rounded } from "./settings-model.ts";
import { type ChosenSettings, loadSettings, writeSettings } from "./settings-store.ts";
import type { CameraDatabase } from "./tables.ts";

export interface SettingsDeps {
  readonly db: CameraDatabase;
  readonly clock: Clock;
  readonly bus: Bus;
  readonly audit: AuditTrail;
  /** What a camera showed until now may not be shown any more: other masks, or off. */
  onHidden(this: void, cameraId: Uuid): void;
  hasDetector(this: void, tenantId: Uuid, id: cameras.DetectionSettings["detector"]): Promise<boolean>;
}

/** `settingsMs` of a camera for which nobody chose anything yet. */
const NEVER: UnixMs = 0;
/** Of the picture: a hundredth of its width by a hundredth of its height. */
const MIN_AREA = 1e-4;

/** What organisations chose for their cameras, in memory: asked for every frame. */
export class CameraSettingsBook {
  readonly #deps: SettingsDeps;
  readonly #chosen = new Map<Uuid, ChosenSettings>();

  constructor(deps: SettingsDeps) {
    this.#deps = deps;
  }

  async load(): Promise<void> {
    for (const { cameraId, ...chosen } of await loadSettings(this.#deps.db))
      this.#chosen.set(cameraId, chosen);
  }

  of(cameraId: Uuid): ChosenSettings {
    return this.#chosen.get(cameraId) ?? { settings: cameras.DEFAULT_CAMERA_SETTINGS, settingsMs: NEVER };
  }

  /** Refuses `request.conflict` when they are not those of `settingsMs` any more. */
  async change(
    { tenantId, cameraId }: Pick<KnownCamera, "tenantId" | "cameraId">,
    wanted: ChosenSettings,
  ): Promise<void> {
    const { db, clock, bus, audit, onHidden, hasDetector } = this.#deps;
    assertSound(wanted.settings);
    const { detector } = wanted.settings.detection;
    if (!(await hasDetector(tenantId, detector))) throw new AppError("detector.not_found");
    const before = this.of(cameraId);
    // Two changes within a millisecond are two.
    const settingsMs = Math.max(clock.nowMs(), wanted.settingsMs + 1);
    const next: ChosenSettings = { settings: rounded(wanted.settings), settingsMs };
    await db
      .transaction()
      .execute(async (tx) => {
        const beforeMs = wanted.settingsMs === NEVER ? undefined : wanted.settingsMs;
        if (!(await writeSettings(tx, { tenantId, cameraId }, next, beforeMs)))
          throw new AppError("request.conflict", { settingsMs: before.settingsMs });
        await audit.record(tx, {
          kind: "camera.changed",
          tenantId,
          subject: { kind: "device", id: cameraId },
          data: describeChange(before.settings, next.settings),
        });
      })
      .catch((error: unknown) => {
        throw isForeignKeyViolation(error) ? new AppError("device.not_found") : error;
      });
    this.#chosen.set(cameraId, next);
    if (hides(before.settings, next.settings)) onHidden(cameraId);
    bus.publish("camera.changed", { tenantId, cameraId });
  }

  forget(cameraId: Uuid): void {
    this.#chosen.delete(cameraId);
  }
}

/** What the schema cannot say. */
function assertSound({ masks, motion, recording, detection }: cameras.CameraSettings): void {
  const flat = (area: cameras.Polygon) => areaOf(area) < MIN_AREA;
  if (masks.some(flat)) throw new AppError("request.invalid", { field: "settings.masks" });
  const names = new Set(motion.zones.map(({ name }) => name.trim().toLowerCase()));
  const asksInVain = ({ kind, minScore, loiterSeconds }: cameras.Zone) =>
    kind === "ignore" && (minScore ?? loiterSeconds) !== undefined;
  const isFaulty = motion.zones.some((zone) => flat(zone.area) || asksInVain(zone));
  if (isFaulty || names.size !== motion.zones.length)
    throw new AppError("request.invalid", { field: "settings.motion.zones" });
  const isNoTime = recording.schedule.some(({ fromMinute, toMinute }) => fromMinute === toMinute);
  if (isNoTime || (recording.mode === "schedule" && recording.schedule.length === 0))
    throw new AppError("request.invalid", { field: "settings.recording.schedule" });
  if ((detection.maxHeight ?? 1) < detection.minHeight)
    throw new AppError("request.invalid", { field: "settings.detection.maxHeight" });
  const isNoArming = detection.schedule.some(({ fromMinute, toMinute }) => fromMinute === toMinute);
  if (isNoArming || (detection.arming === "schedule" && detection.schedule.length === 0))
    throw new AppError("request.invalid", { field: "settings.detection.schedule" });
}
