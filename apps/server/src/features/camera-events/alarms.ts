import { type Clock, isWithinSpan, localMinute, type UnixMs, type Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { ALL_ON, type Controls } from "../../platform/controls.ts";
import { findArming, isArmedAt } from "./arming/arming-store.ts";
import { hadAlarm, hasAlarm } from "./event-store.ts";
import type { KeptEvent } from "./model.ts";
import type { Cameras } from "./ports.ts";
import type { CameraEventDatabase } from "./tables.ts";

/** What a camera's own machine could not say sooner is listed, and nobody is woken for it. */
const LATE_MS = 600_000;

export interface AlarmDeps {
  readonly cameras: Cameras;
  readonly clock: Clock;
  readonly controls?: Controls;
}

/** Decides whether somebody is to be told that something was found. */
export class Alarms {
  readonly #cameras: Cameras;
  readonly #clock: Clock;
  readonly #controls: Controls;

  constructor({ cameras, clock, controls = ALL_ON }: AlarmDeps) {
    this.#cameras = cameras;
    this.#clock = clock;
    this.#controls = controls;
  }

  /**
   * In the transaction that writes the event. Due is an alarm while the camera is armed at the time of it, unless
   * another of the camera lies within its cool-down, before it or, where events come out of order, after it; never one that is heard of long after.
   * Undefined where that was decided before.
   */
  async decide(
    tx: CameraEventDatabase,
    { id, cameraId, tenantId, detection }: KeptEvent,
  ): Promise<boolean | undefined> {
    const settings = this.#cameras.settingsOf(cameraId)?.detection;
    const atMs = detection?.alarmMs;
    if (atMs === undefined || (await hasAlarm(tx, id))) return undefined;
    if (settings === undefined || this.#clock.nowMs() - atMs > LATE_MS) return false;
    if (!(await this.#isArmed(tx, { tenantId, cameraId }, settings, atMs))) return false;
    if (!this.#controls.alarmPace) return true;
    const cooldownMs = settings.cooldownSeconds * 1_000;
    return !(await hadAlarm(tx, cameraId, { afterMs: atMs - cooldownMs, beforeMs: atMs + cooldownMs }));
  }

  async #isArmed(
    tx: CameraEventDatabase,
    { tenantId, cameraId }: { readonly tenantId: Uuid; readonly cameraId: Uuid },
    { arming, schedule }: cameras.DetectionSettings,
    atMs: UnixMs,
  ): Promise<boolean> {
    const siteId = this.#cameras.find(cameraId)?.siteId;
    if (arming === "always" || siteId === undefined) return arming === "always";
    if (arming === "site") {
      const found = await findArming(tx, tenantId, siteId);
      return found !== undefined && isArmedAt(found, atMs);
    }
    const now = localMinute(await this.#cameras.timeZoneOf(tenantId, siteId), atMs);
    return schedule.some((span) => isWithinSpan(span, now));
  }
}
