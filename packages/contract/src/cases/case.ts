import { type Static, Type } from "typebox";
import { EventDetection, Verdict } from "../cameras/detection.ts";
import { CameraEventKind } from "../cameras/events.ts";
import { line, object, Tag, text, UnixMs, Uuid } from "../schemas.ts";

/** What one case can hold. */
export const CASE_LIMITS = {
  maxTitleLength: 120,
  maxSummaryLength: 4_000,
  maxTags: 20,
  maxNoteLength: 4_000,
  maxNameLength: 120,
  /** Of one case, also those that were taken away and can be put back. */
  maxItems: 500,
  maxClips: 60,
  /** Of one clip. */
  maxClipMs: 3_600_000,
  /** Versions of one note. */
  maxVersions: 100,
  /** For so long what was taken away can be put back; then what it said is deleted. */
  undoMs: 7 * 86_400_000,
} as const;

export const CASE_STATES = ["open", "closed"] as const;
export const CaseState = Type.Unsafe<(typeof CASE_STATES)[number]>(
  Type.Union(CASE_STATES.map((one) => Type.Literal(one))),
);
export type CaseState = Static<typeof CaseState>;

export const CASE_ITEM_KINDS = ["clip", "device", "person", "note"] as const;
export type CaseItemKind = (typeof CASE_ITEM_KINDS)[number];

const count = Type.Integer({ minimum: 0 });

/** A collection about something that happened. */
export const Case = object({
  id: Uuid,
  /** Counts up within the organisation; people read it as CASE-0001. */
  number: Type.Integer({ minimum: 1 }),
  title: Type.String(),
  state: CaseState,
  summary: Type.String(),
  tags: Type.Array(Type.String()),
  createdMs: UnixMs,
  changedMs: UnixMs,
  /** Absent when the person is gone. */
  createdBy: Type.Optional(Type.String()),
  counts: object({ clips: count, devices: count, people: count, notes: count }),
});
export type Case = Static<typeof Case>;

/** How people call it: `CASE-0042`. */
export const caseName = (number: number): string => `CASE-${String(number).padStart(4, "0")}`;

/** What one camera recorded for a while. `hidden`: whoever asks may not see its camera, and is told no more. */
export const CaseClip = Type.Union([
  object({ hidden: Type.Literal(true) }),
  object({
    hidden: Type.Literal(false),
    cameraId: Uuid,
    /** Both empty when the camera is gone. */
    cameraName: Type.String(),
    cameraLabel: Type.String(),
    /** IANA name of where the camera is. */
    timeZone: Type.String(),
    /** With what was kept before and after the event. */
    fromMs: UnixMs,
    /** Absent while its event goes on. */
    toMs: Type.Optional(UnixMs),
    /** The instant that shows it best. */
    bestMs: UnixMs,
    /** Absent when it is a span that somebody chose. */
    eventId: Type.Optional(Uuid),
    kind: Type.Optional(CameraEventKind),
    detection: Type.Optional(EventDetection),
    /** What people decided last. */
    verdict: Type.Optional(
      object({ verdict: Verdict, byName: Type.String(), atMs: UnixMs, note: text(2_000) }),
    ),
    recorded: Type.Union([Type.Literal("all"), Type.Literal("part"), Type.Literal("none")]),
    /** Something of it was erased since it was put in. */
    erasedMs: Type.Optional(UnixMs),
  }),
]);
export type CaseClip = Static<typeof CaseClip>;

export const CaseItem = object({
  id: Uuid,
  addedMs: UnixMs,
  addedBy: Type.Optional(Type.String()),
  /** It was taken away, and can be put back until then. */
  removed: Type.Optional(object({ atMs: UnixMs, by: Type.Optional(Type.String()), restorableMs: UnixMs })),
  /** One of these four. */
  clip: Type.Optional(CaseClip),
  device: Type.Optional(
    object({
      id: Uuid,
      /** Empty when it is gone or beyond the asker's reach. */ name: Type.String(),
      label: Type.String(),
    }),
  ),
  person: Type.Optional(object({ /** Of the organisation. */ id: Type.Optional(Uuid), name: Type.String() })),
  note: Type.Optional(
    object({
      text: Type.String(),
      /** When it was changed last. */ editedMs: Type.Optional(UnixMs),
      versions: count,
    }),
  ),
});
export type CaseItem = Static<typeof CaseItem>;

export const CaseTitle = line(CASE_LIMITS.maxTitleLength);
export const CaseSummary = text(CASE_LIMITS.maxSummaryLength);
export const CaseTags = Type.Array(Tag, { maxItems: CASE_LIMITS.maxTags, uniqueItems: true });

/** What is put into a case. */
export const NewCaseItem = Type.Union([
  object({ kind: Type.Literal("event"), eventId: Uuid }),
  object({ kind: Type.Literal("span"), cameraId: Uuid, fromMs: UnixMs, toMs: UnixMs }),
  object({ kind: Type.Literal("device"), deviceId: Uuid }),
  object({ kind: Type.Literal("person"), personId: Uuid }),
  object({ kind: Type.Literal("outsider"), name: line(CASE_LIMITS.maxNameLength) }),
  object({ kind: Type.Literal("note"), text: text(CASE_LIMITS.maxNoteLength, 1) }),
]);
export type NewCaseItem = Static<typeof NewCaseItem>;
