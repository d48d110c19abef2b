import { AppError, type Clock, type Logger, type Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { Feature } from "../../../platform/feature.ts";
import { route } from "../../../platform/http/route.ts";
import { sha256Hex } from "../../../platform/secrets/index.ts";
import type { KeptEvent } from "../model.ts";
import type { Cameras } from "../ports.ts";
import { type Sighting, sightingOf } from "./model.ts";

export interface HandOverDeps {
  readonly cameras: Pick<Cameras, "find" | "timeZoneOf">;
  readonly events: {
    find(id: Uuid): Promise<KeptEvent | undefined>;
    put(event: KeptEvent): void;
    /** Resolves when it was tried to write what was put; false while it still waits. */
    written(id: Uuid): Promise<boolean>;
  };
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Events that detectors of other people hand over. The same camera and time are the same event, however often it is
 * sent; what is answered is committed.
 */
export function createHandOver({ cameras: known, clock, events, log }: HandOverDeps): Feature {
  const take = async (tenantId: Uuid, cameraId: Uuid, source: string, said: cameras.HandedOver) => {
    const camera = known.find(cameraId);
    if (camera === undefined || camera.tenantId !== tenantId) throw new AppError("camera.none");
    const timeZone = await known.timeZoneOf(tenantId, camera.siteId);
    const sighting = sightingOf(said, timeZone, clock.nowMs());
    const id = eventIdOf(cameraId, sighting);
    if ((await events.find(id)) !== undefined) return { eventId: id, isNew: false };
    events.put(eventOf({ id, tenantId, cameraId }, source || camera.name, sighting));
    if (!(await events.written(id))) throw new AppError("server.busy");
    log.info({ cameraId, eventId: id, people: sighting.count }, "camera_event.handed_over");
    return { eventId: id, isNew: true };
  };
  return {
    name: "hand-over",
    routes: [
      route(cameras.handOverEvent, ({ principal, body }) =>
        take(principal.tenantId, principal.deviceId, "", body),
      ),
      route(cameras.handOverEventOf, ({ principal, params, body }) =>
        take(principal.tenantId, params.id, principal.program?.name ?? principal.name, body),
      ),
    ],
  };
}

/** A UUID version 8 (RFC 9562 §5.8) of camera and time. */
function eventIdOf(cameraId: Uuid, { saidMs }: Sighting): Uuid {
  const hex = sha256Hex(`gatehouse-hand-over/v1\n${cameraId}\n${saidMs}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function eventOf(
  whose: Pick<KeptEvent, "id" | "tenantId" | "cameraId">,
  source: string,
  { clip, count, endMs, kind, labels, score, startMs }: Sighting,
): KeptEvent {
  return {
    ...whose,
    kind,
    startMs,
    seenMs: endMs,
    endMs,
    strength: 0,
    zones: [],
    bestMs: startMs,
    detection: {
      by: "handed_over",
      model: "",
      labels: [...labels],
      mostAtOnce: count,
      counted: count,
      score,
      path: [],
      alarmMs: startMs,
      armed: false,
    },
    handedOver: { clip, source: source.slice(0, 120).toWellFormed() },
  };
}
