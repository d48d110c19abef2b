import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { IdParams, object, text, UnixMs, Uuid } from "../schemas.ts";
import { Verdict } from "./detection.ts";
import { CameraEventKind } from "./events.ts";

export const VERDICT_LIMITS = {
  maxNoteLength: 500,
  /** The newest of an event; older ones stay in the audit log. */
  maxListed: 200,
} as const;

/** One decision about an event. None is ever changed: who thinks otherwise decides anew. */
export const GivenVerdict = object({
  id: Uuid,
  verdict: Verdict,
  note: text(VERDICT_LIMITS.maxNoteLength),
  /** Empty when the person was erased. */
  byName: Type.String(),
  isYours: Type.Boolean(),
  atMs: UnixMs,
});
export type GivenVerdict = Static<typeof GivenVerdict>;

/** Who did something, as far as the asker may know. */
export const CustodyParty = object({
  kind: Type.String(),
  name: Type.Optional(Type.String()),
  /** It has a name no more: it was removed or erased. */
  gone: Type.Optional(Type.Boolean()),
  isYou: Type.Boolean(),
});

/**
 * Something that happened to a clip. `kind` is one of the audit log, or `detected` or `alerted`, which the log does not
 * have.
 */
export const CustodyStep = object({
  kind: Type.String(),
  atMs: UnixMs,
  by: CustodyParty,
  /** Its entry in the audit log; of several that say the same the first. */
  entry: Type.Optional(object({ id: Uuid, index: Type.Integer() })),
  /** Segments that were sealed. */
  count: Type.Optional(Type.Integer()),
  /** How it was looked at: `playback`, `event`, `clip`, `export`, `link`. */
  via: Type.Optional(Type.String()),
  verdict: Type.Optional(Verdict),
  /** Number of the link that shows it. */
  link: Type.Optional(Type.Integer()),
  /** What an export is, or which model found something, or which rule raised the alert. */
  what: Type.Optional(Type.String()),
  /** How sure the detector was, 0…1, and of what. */
  score: Type.Optional(Type.Number()),
  label: Type.Optional(Type.String()),
});
export type CustodyStep = Static<typeof CustodyStep>;

/** What happened around an event. */
export const LinkedThings = object({
  /** Of other cameras at the same site, nearest first. */
  events: Type.Array(
    object({
      id: Uuid,
      cameraId: Uuid,
      cameraName: Type.String(),
      cameraLabel: Type.String(),
      kind: CameraEventKind,
      startMs: UnixMs,
      verdict: Type.Optional(Verdict),
    }),
  ),
  /** Of devices at the same site, nearest first. */
  alerts: Type.Array(
    object({
      id: Uuid,
      ruleName: Type.String(),
      deviceName: Type.String(),
      severity: Type.String(),
      state: Type.String(),
      raisedMs: UnixMs,
      /** Raised by this very event. */
      isOfEvent: Type.Boolean(),
    }),
  ),
  /** It is in these. */
  cases: Type.Array(
    object({ id: Uuid, number: Type.Integer(), title: Type.String(), clips: Type.Integer() }),
  ),
  /** Warnings and errors in the logs of devices at the same site, nearest first. */
  lines: Type.Array(
    object({
      deviceId: Uuid,
      deviceName: Type.String(),
      level: Type.String(),
      message: Type.String(),
      atMs: UnixMs,
    }),
  ),
});
export type LinkedThings = Static<typeof LinkedThings>;

const tag = "cameras";
const event = { kind: "camera_event", param: "id" } as const;
const look = {
  method: "GET",
  tag,
  audience: "operator",
  permission: "recording.view",
  resource: event,
  params: IdParams,
  errors: ["camera_event.not_found"],
} as const;

export const giveVerdict = endpoint({
  method: "PUT",
  path: "/api/v1/camera-events/:id/verdict",
  tag,
  audience: "operator",
  permission: "verdict.write",
  resource: event,
  records: ["clip.verdict"],
  summary: "What somebody decides about an event; every decision is kept, the newest counts",
  params: IdParams,
  body: object({ verdict: Verdict, note: text(VERDICT_LIMITS.maxNoteLength) }),
  reply: GivenVerdict,
  errors: ["camera_event.not_found"],
});
export const listVerdicts = endpoint({
  ...look,
  path: "/api/v1/camera-events/:id/verdicts",
  summary: "Every decision about an event, newest first",
  reply: object({ items: Type.Array(GivenVerdict) }),
});
export const getCustody = endpoint({
  ...look,
  path: "/api/v1/camera-events/:id/custody",
  summary: "What happened to a clip, oldest first: sealed, found, looked at, decided, taken out",
  reply: object({ items: Type.Array(CustodyStep), more: Type.Boolean() }),
});
export const getLinked = endpoint({
  ...look,
  path: "/api/v1/camera-events/:id/linked",
  summary: "What else happened then at the same place, as far as the asker may see it",
  reply: LinkedThings,
});
