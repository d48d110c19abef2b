import type { UnixMs, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { LONGEST_EVENT_MS } from "@gatehouse/motion";

export type EventKind = cameras.CameraEvent["kind"];

/** An event as it is kept. */
export interface KeptEvent {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly kind: EventKind;
  readonly startMs: UnixMs;
  /** Of the last sign of it. */
  readonly seenMs: UnixMs;
  /** Undefined while it goes on. */
  readonly endMs: UnixMs | undefined;
  /** Largest share of the watched cells that moved at once, 0…1. */
  readonly strength: number;
  readonly zones: readonly string[];
  readonly bestMs: UnixMs;
  /** Of kinds `person` and `object`. */
  readonly detection?: cameras.EventDetection | undefined;
  /** The camera's own machine keeps its recording; absent is no. */
  readonly keptAtCamera?: boolean | undefined;
  readonly handedOver?: cameras.CameraEvent["handedOver"] | undefined;
  /** What people decided last; read, never written with the event. */
  readonly verdict?: cameras.CameraEvent["verdict"] | undefined;
}

/** Key frames come once or twice a second at most: whoever moves in two of them moves. */
export const LOOKS_OF_VIDEO = 2;

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** Strength of motion is kept for each of these. */
export const BUCKET_MS = 10_000;
export const BUCKETS_PER_HOUR = HOUR_MS / BUCKET_MS;

export const hourOf = (atMs: UnixMs): UnixMs => atMs - (atMs % HOUR_MS);

/** No event lasts longer: it is divided, and its end noticed within minutes. */
export const LONGEST_MS = LONGEST_EVENT_MS + 300_000;

/** How long anything of a camera may be kept by its settings. */
export const longestDays = ({ recording }: cameras.CameraSettings): number =>
  Math.max(recording.continuousDays, recording.motionDays, recording.eventDays);

/** How long before and after an event what is recorded is kept with it; nothing of a camera that is gone. */
export function aroundOf(settings: cameras.CameraSettings | undefined): {
  readonly beforeMs: number;
  readonly afterMs: number;
} {
  const { preRollSeconds = 0, postRollSeconds = 0 } = settings?.recording ?? {};
  return { beforeMs: preRollSeconds * 1_000, afterMs: postRollSeconds * 1_000 };
}

/** Place in a listing, newest first: `startMs.id`. */
export interface Cursor {
  readonly startMs: UnixMs;
  readonly id: Uuid;
}

const CURSOR = /^([0-9]{1,13})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Undefined for what is no cursor. */
export function parseCursor(text: string): Cursor | undefined {
  const [, startMs, id] = CURSOR.exec(text) ?? [];
  return startMs === undefined || id === undefined ? undefined : { startMs: Number(startMs), id };
}
