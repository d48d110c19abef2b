import type { Clock, ErrorCode, Logger, MonotonicMs, UnixMs, Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import {
  type CameraFound,
  type CameraShown,
  type CameraVisit,
  MAX_SHOWN_BYTES,
} from "@gatehouse/device-types/camera-words";
import { DEFAULT_JPEG_LIMITS, inspectJpeg } from "@gatehouse/video";
import { findEvent } from "./event-store.ts";
import type { EventKeeper } from "./keeper.ts";
import { DAY_MS, type KeptEvent, LONGEST_MS } from "./model.ts";
import type { CameraEventDatabase } from "./tables.ts";

/** Longer without a word, and nobody looks there any more. */
const LOOKS_FOR_MS = 15_000;
/** Farther ahead of our clock than this a machine's knowledge of it is wrong. */
const AHEAD_MS = 60_000;
/** As long as anything waits at a machine. */
const OLDEST_MS = 31 * DAY_MS;
/** Said later than this it is worth a line of its own. */
const LATE_MS = 60_000;
const SHOWN_LIMITS = { ...DEFAULT_JPEG_LIMITS, maxBytes: MAX_SHOWN_BYTES };

export interface AgentVisitDeps {
  readonly db: CameraEventDatabase;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly keeper: EventKeeper;
}

interface Device {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
}

/** What a camera's own machine said last of what it finds. */
export interface AgentFinding {
  readonly heardMs: MonotonicMs;
  readonly atMs: UnixMs;
  readonly found: CameraFound;
}

/** What cameras' own machines find: their looks go on to whoever seals pictures here, their visits become events. */
export class AgentVisits {
  readonly #deps: AgentVisitDeps;
  readonly #findings = new Map<Uuid, AgentFinding>();

  constructor(deps: AgentVisitDeps) {
    this.#deps = deps;
  }

  /** Whether the camera's pictures are looked at where they are taken. */
  detects(cameraId: Uuid): boolean {
    return this.finding(cameraId) !== undefined;
  }

  /** What it said last, a moment ago; undefined where nobody looks there. */
  finding(cameraId: Uuid): AgentFinding | undefined {
    const known = this.#findings.get(cameraId);
    return known && this.#deps.clock.monotonicMs() - known.heardMs <= LOOKS_FOR_MS ? known : undefined;
  }

  forget(cameraId: Uuid): void {
    this.#findings.delete(cameraId);
  }

  found({ tenantId, deviceId: cameraId }: Device, found: CameraFound): void {
    const { bus, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const before = this.#findings.get(cameraId);
    const isNews = found.looks.length > 0 || before === undefined;
    this.#findings.set(cameraId, {
      heardMs: clock.monotonicMs(),
      atMs: nowMs - (found.looks.at(-1)?.agoMs ?? 0),
      found: isNews ? found : { ...found, looks: before.found.looks },
    });
    for (const { agoMs, boxes } of found.looks)
      if (boxes.length > 0)
        bus.publish("camera.found", {
          tenantId,
          cameraId,
          takenMs: nowMs - agoMs,
          model: found.model,
          boxes,
        });
  }

  /** The picture of an alarm that is due, for whoever tells of it. Answers why it is not taken. */
  shown(
    { tenantId, deviceId: cameraId }: Device,
    { takenMs, boxes, jpeg }: CameraShown,
  ): ErrorCode | undefined {
    const bytes = Uint8Array.from(Buffer.from(jpeg, "base64"));
    if ("fault" in inspectJpeg(bytes, SHOWN_LIMITS)) return "frame.malformed";
    const nowMs = this.#deps.clock.nowMs();
    this.#deps.bus.publish("camera.shown", {
      ...{ tenantId, cameraId, boxes, bytes },
      takenMs: Math.min(takenMs, nowMs),
    });
    return undefined;
  }

  /** In the database when it resolves. Answers why it is not taken. */
  async visited(device: Device, visit: CameraVisit): Promise<ErrorCode | undefined> {
    const { clock, db, keeper, log } = this.#deps;
    const nowMs = clock.nowMs();
    if (!isPossible(visit, nowMs)) return "message.timestamp";
    const known = await findEvent(db, visit.id);
    if (known !== undefined && !isOwn(known, device)) return "message.schema";
    const event = eventOf(device, visit, nowMs);
    keeper.put(known === undefined ? event : { ...event, keptAtCamera: known.keptAtCamera });
    await keeper.write();
    if (keeper.isWaiting(visit.id)) return "server.busy";
    const lateMs = nowMs - (visit.endMs ?? visit.seenMs);
    if (known === undefined && lateMs > LATE_MS)
      log.info({ cameraId: device.deviceId, eventId: visit.id, lateMs }, "camera_event.heard_late");
    return undefined;
  }
}

/** What others saw or handed over stays as it is, before this camera too. */
const isOwn = ({ cameraId, detection }: KeptEvent, { deviceId }: Device): boolean =>
  cameraId === deviceId && detection?.by === "agent";

const isPossible = ({ startMs, seenMs, endMs = seenMs }: CameraVisit, nowMs: UnixMs): boolean =>
  startMs >= nowMs - OLDEST_MS &&
  startMs <= seenMs &&
  seenMs <= endMs &&
  endMs <= nowMs + AHEAD_MS &&
  endMs - startMs <= LONGEST_MS;

function eventOf({ tenantId, deviceId: cameraId }: Device, visit: CameraVisit, nowMs: UnixMs): KeptEvent {
  const { id, what, startMs, seenMs, endMs, zones, kept, strength } = visit;
  const { model, labels, mostAtOnce, counted, score, path, bestBox, alarmMs } = visit;
  const within = (atMs: UnixMs): UnixMs => Math.min(Math.max(atMs, startMs), seenMs, nowMs);
  return {
    ...{ id, tenantId, cameraId, startMs, seenMs, endMs, zones, strength },
    kind: what,
    bestMs: within(visit.bestMs),
    detection: {
      by: "agent",
      ...{ model, labels, mostAtOnce, counted, score, path },
      ...(bestBox === undefined ? {} : { bestBox }),
      ...(alarmMs === undefined ? {} : { alarmMs: within(alarmMs) }),
      armed: false,
    },
    keptAtCamera: kept,
  };
}
