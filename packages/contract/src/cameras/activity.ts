import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { IdParams, object, text, UnixMs, Uuid } from "../schemas.ts";
import { EventQuery } from "./event-query.ts";

/** Longer spans are counted from this long before their end. */
export const LONGEST_ACTIVITY_DAYS = 92;
/** Parts of the picture, for where people walk. */
export const WALK_COLUMNS = 48;
export const WALK_ROWS = 27;

const Count = Type.Integer({ minimum: 0 });
/** `2026-11-21`, in the time zone of a camera's site. */
const Day = Type.String({ pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" });

export const Activity = object({
  fromMs: UnixMs,
  toMs: UnixMs,
  total: Count,
  /** Seven days from Monday on, 24 hours each: events that began then, where their camera is. */
  week: Type.Array(Type.Array(Count)),
  /** Cameras with events, those with most first; their days oldest first. */
  cameras: Type.Array(
    object({
      id: Uuid,
      name: Type.String(),
      timeZone: Type.String(),
      total: Count,
      days: Type.Array(object({ day: Day, count: Count })),
    }),
  ),
});
export type Activity = Static<typeof Activity>;

export const Walked = object({
  columns: Type.Integer(),
  rows: Type.Integer(),
  /** In how many events somebody was there; row by row from the top left. */
  cells: Type.Array(Count),
  /** Events that were counted: the newest ones. */
  events: Count,
});
export type Walked = Static<typeof Walked>;

const DayCamera = object({
  id: Uuid,
  name: Type.String(),
  /** Events with people, and alarms. */
  people: Count,
  alarms: Count,
  /** Of its motion and other events. */
  others: Count,
  /** How long nobody could look at its pictures; absent where nobody looks for motion. */
  silentMinutes: Type.Optional(Count),
});
/** What happened at one site on one day. */
export const DaySummary = object({
  siteId: Uuid,
  siteName: Type.String(),
  timeZone: Type.String(),
  day: Day,
  fromMs: UnixMs,
  /** The end of the day, or now. */
  toMs: UnixMs,
  people: Count,
  /** The most people at once. */
  mostAtOnce: Count,
  alarms: Count,
  others: Count,
  verdicts: object({ intrusion: Count, not_intrusion: Count, undecided: Count, none: Count }),
  /** Of the day, 24 numbers: events with people that began then. */
  hours: Type.Array(Count),
  cameras: Type.Array(DayCamera),
});
export type DaySummary = Static<typeof DaySummary>;

export const SummarySettings = object({
  enabled: Type.Boolean(),
  /** Of the day, in the organisation's time zone, from which on yesterday's is sent. */
  hour: Type.Integer({ minimum: 0, maximum: 23 }),
  channelIds: Type.Array(Uuid, { maxItems: 20, uniqueItems: true }),
});
export type SummarySettings = Static<typeof SummarySettings>;

const tag = "cameras";
const reads = { method: "GET", tag, audience: "operator", permission: "recording.view" } as const;

export const getActivity = endpoint({
  ...reads,
  path: "/api/v1/camera-events/activity",
  partial: true,
  summary: "How many events of cameras there were, by weekday and hour and by day",
  query: EventQuery,
  reply: Activity,
});
export const getWalked = endpoint({
  ...reads,
  path: "/api/v1/cameras/:id/walked",
  resource: { kind: "device", param: "id" },
  summary: "Where in the picture somebody was, over many events",
  params: IdParams,
  query: EventQuery,
  reply: Walked,
  errors: ["device.not_found", "camera.none"],
});
export const getDaySummary = endpoint({
  ...reads,
  path: "/api/v1/camera-events/summary",
  partial: true,
  summary: "What happened before the cameras of each site on one day; yesterday unless told",
  query: object({ site: Type.Optional(Uuid), day: Type.Optional(text(10)) }),
  reply: object({ items: Type.Array(DaySummary) }),
});
export const getSummarySettings = endpoint({
  method: "GET",
  tag,
  audience: "operator",
  permission: "settings.read",
  path: "/api/v1/camera-events/summary-settings",
  summary: "Whether and where yesterday's summary is sent each morning",
  reply: SummarySettings,
});
export const updateSummarySettings = endpoint({
  method: "PUT",
  tag,
  audience: "operator",
  permission: "settings.write",
  path: "/api/v1/camera-events/summary-settings",
  records: ["settings.changed"],
  summary: "Have yesterday's summary sent each morning",
  body: SummarySettings,
  reply: SummarySettings,
  errors: ["channel.not_found"],
});
