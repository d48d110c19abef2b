import type { Clock, Logger, UnixMs, Uuid } from "@gatehouse/base";
import { type Bus, type BusMessages, cameras } from "@gatehouse/contract";
import type { Feature } from "../../../platform/feature.ts";
import { smallPicture } from "../../../platform/pictures/index.ts";
import type { KeptEvent } from "../model.ts";
import type { Frame, Frames } from "../ports.ts";

/** 200 KB as base64. */
const MAX_PICTURE_BYTES = 150_000;
/** A look is done this long after its frame came, at most. */
const FRAMES_MS = 3_000;
const MAX_FRAMES = 60;
const MAX_FRAMES_BYTES = 8 * 1_048_576;
/** Looks that found something, of one camera; the newest of them stay, whatever was surer before. */
const MAX_FINDS = 8;
const NEWEST_FINDS = 4;
const FINDS_MS = 60_000;
/** Found in a frame, or in the one just before. */
const NEAR_MS = 400;
const MAX_MADE = 50;
/** The first look that counts may be a little before what is said to be the beginning. */
const EARLY_MS = 500;

export interface AlarmPicturesDeps {
  readonly frames: Frames;
  readonly settingsOf: (cameraId: Uuid) => cameras.CameraSettings | undefined;
  readonly keyFrames: { jpegOf(init: Uint8Array, fragment: Uint8Array): Promise<Uint8Array> };
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Find {
  readonly takenMs: UnixMs;
  readonly score: number;
  readonly boxes: readonly cameras.FoundBox[];
  /** JPEG, or a fragment that begins with a key frame and what it belongs to. */
  readonly bytes: Uint8Array;
  readonly init: Uint8Array | undefined;
}

export interface AlarmPicturesFeature extends Feature {
  /** The surest picture of the event, small, with what was found framed; undefined where the camera keeps it to itself. */
  of(event: Pick<KeptEvent, "id" | "cameraId" | "startMs" | "endMs">): Promise<Uint8Array | undefined>;
}

/**
 * Pictures for messages, in memory alone and only of cameras whose settings let them leave the house: a recording is not
 * written yet when an alarm is told.
 */
export function createAlarmPictures(deps: AlarmPicturesDeps): AlarmPicturesFeature {
  const { bus, clock, frames, keyFrames, log, settingsOf } = deps;
  const recent = new Map<Uuid, Frame[]>();
  const finds = new Map<Uuid, Find[]>();
  const made = new Map<Uuid, Promise<Uint8Array | undefined>>();
  /** The newest event of each camera, and when it began. */
  const begun = new Map<Uuid, { readonly id: Uuid; readonly startMs: UnixMs }>();
  let ends: (() => void)[] = [];

  const mayLeave = (cameraId: Uuid): boolean => {
    const detection = settingsOf(cameraId)?.detection;
    return detection?.enabled === true && detection.pictureInAlerts;
  };

  const forget = (cameraId: Uuid): void => {
    recent.delete(cameraId);
    finds.delete(cameraId);
    begun.delete(cameraId);
  };

  const onFrame = (frame: Frame): void => {
    const { cameraId, kind, takenMs } = frame;
    if (kind === cameras.FRAME_KINDS.videoInit || !mayLeave(cameraId)) return;
    const kept = (recent.get(cameraId) ?? []).filter((one) => takenMs - one.takenMs < FRAMES_MS);
    kept.push(frame);
    while (kept.length > MAX_FRAMES || bytesOf(kept) > MAX_FRAMES_BYTES) kept.shift();
    recent.set(cameraId, kept);
  };

  const keep = (cameraId: Uuid, find: Find): void => {
    const kept = (finds.get(cameraId) ?? []).filter(({ takenMs }) => find.takenMs - takenMs < FINDS_MS);
    kept.push(find);
    if (kept.length > MAX_FINDS) kept.splice(kept.indexOf(kept.slice(0, -NEWEST_FINDS).reduce(leastSure)), 1);
    finds.set(cameraId, kept);
  };

  const onFound = (cameraId: Uuid, takenMs: UnixMs, boxes: readonly cameras.FoundBox[]): void => {
    if (boxes.length === 0 || !mayLeave(cameraId)) return;
    const frame = (recent.get(cameraId) ?? []).findLast((one) => one.takenMs <= takenMs);
    if (frame === undefined || takenMs - frame.takenMs > NEAR_MS) return;
    const init = frame.kind === cameras.FRAME_KINDS.jpeg ? undefined : frames.initOf(cameraId)?.bytes;
    keep(cameraId, { takenMs, boxes, score: surest(boxes), bytes: frame.bytes, init });
  };

  /** Nobody else has pictures of such a camera. */
  const onShown = ({ cameraId, takenMs, boxes, bytes }: BusMessages["camera.shown"]): void => {
    if (mayLeave(cameraId)) keep(cameraId, { takenMs, boxes, score: surest(boxes), bytes, init: undefined });
  };

  const make = async (cameraId: Uuid, fromMs: UnixMs, toMs: UnixMs): Promise<Uint8Array | undefined> => {
    const fitting = (finds.get(cameraId) ?? []).filter(
      ({ takenMs }) => takenMs >= fromMs - EARLY_MS && takenMs <= toMs,
    );
    for (const { boxes, bytes, init } of fitting.toSorted((a, b) => b.score - a.score)) {
      try {
        const jpeg = init === undefined ? bytes : await keyFrames.jpegOf(init, bytes);
        return await smallPicture(jpeg, boxes, MAX_PICTURE_BYTES);
      } catch (error) {
        log.info({ cameraId, err: error }, "alarm_picture.not_made");
      }
    }
    return undefined;
  };

  /** Once an event; what could not be made is tried again by the next who asks. */
  const makeOnce = (id: Uuid, cameraId: Uuid, fromMs: UnixMs, toMs: UnixMs) => {
    const known = made.get(id);
    if (known !== undefined) return known;
    const making = make(cameraId, fromMs, toMs).then((picture) => {
      if (picture === undefined) made.delete(id);
      return picture;
    });
    made.set(id, making);
    if (made.size > MAX_MADE) for (const oldest of made.keys().take(1)) made.delete(oldest);
    return making;
  };

  /** While the alert is being written: a message waits for its picture a moment at most. */
  const makeAhead = (cameraId: Uuid, eventId: Uuid): void => {
    const event = begun.get(cameraId);
    if (event?.id === eventId && mayLeave(cameraId))
      void makeOnce(eventId, cameraId, event.startMs, clock.nowMs());
  };

  return {
    name: "alarm-pictures",
    async start() {
      ends = [
        frames.subscribe(onFrame),
        bus.subscribe("camera.found", ({ cameraId, takenMs, boxes }) => onFound(cameraId, takenMs, boxes)),
        bus.subscribe("camera.shown", onShown),
        bus.subscribe("camera.event", ({ cameraId, endMs, eventId, kind, startMs }) => {
          if (endMs === undefined && (kind === "person" || kind === "object"))
            begun.set(cameraId, { id: eventId, startMs });
        }),
        bus.subscribe("camera.alarm", ({ cameraId, eventId }) => makeAhead(cameraId, eventId)),
        bus.subscribe("camera.changed", ({ cameraId }) => {
          if (!mayLeave(cameraId)) forget(cameraId);
        }),
        bus.subscribe("device.changed", ({ deviceId, change }) => {
          if (change === "removed") forget(deviceId);
        }),
      ];
    },
    async stop() {
      for (const end of ends.splice(0)) end();
    },
    async of({ cameraId, endMs, id, startMs }) {
      // Asked each time: the owner may have thought better of it since.
      if (!mayLeave(cameraId)) return undefined;
      return makeOnce(id, cameraId, startMs, endMs ?? clock.nowMs());
    },
  };
}

const bytesOf = (kept: readonly Frame[]): number => kept.reduce((sum, { bytes }) => sum + bytes.length, 0);
const surest = (boxes: readonly cameras.FoundBox[]): number =>
  Math.max(0, ...boxes.map(({ score }) => score));
const leastSure = (a: Find, b: Find): Find => (b.score < a.score ? b : a);
