import { type Static, Type } from "typebox";
import { object, QueryInt, text, Uuid } from "../schemas.ts";
import { VERDICTS } from "./detection.ts";

/** `none`: nobody decided yet about somebody or something that was found. */
export const VERDICT_FILTERS = [...VERDICTS, "none"] as const;
export type VerdictFilter = (typeof VERDICT_FILTERS)[number];

const eventFilters = {
  camera: Type.Optional(Uuid),
  /** Where the camera is now. */
  site: Type.Optional(Uuid),
  /** Comma-separated kinds. */
  kinds: Type.Optional(Type.String({ maxLength: 100, pattern: "^[a-z_,]*$" })),
  /** Comma-separated; something of one of these classes was found. */
  classes: Type.Optional(text(400)),
  /** As many people or things at once at least. */
  minPeople: Type.Optional(Type.String({ pattern: "^[0-9]{1,4}$" })),
  /** Name of a zone. */
  zone: Type.Optional(text(100)),
  verdict: Type.Optional(
    Type.Unsafe<VerdictFilter>(Type.Union(VERDICT_FILTERS.map((one) => Type.Literal(one)))),
  ),
  /** Events that were collected in it; for whoever may see cases. */
  case: Type.Optional(Uuid),
  /** In what a camera, a zone or a class is called. */
  q: Type.Optional(text(100)),
  fromMs: Type.Optional(QueryInt),
  toMs: Type.Optional(QueryInt),
  /** That began on this day of the week, 1 is Monday, and in this hour of the day, where the camera is unless told. */
  weekday: Type.Optional(Type.String({ pattern: "^[1-7]$" })),
  hour: Type.Optional(Type.String({ pattern: "^([01]?[0-9]|2[0-3])$" })),
  timeZone: Type.Optional(Type.String({ pattern: "^[A-Za-z][A-Za-z0-9_+/-]{0,63}$" })),
};
/** What people look for among events of cameras. */
export const EventQuery = object(eventFilters);
export type EventQuery = Static<typeof EventQuery>;

/** A page of them. */
export const EventPageQuery = object({
  ...eventFilters,
  /** Start and id of the last one of the page before, as `startMs.id`. */
  before: Type.Optional(Type.String({ maxLength: 60 })),
  limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
});
export type EventPageQuery = Static<typeof EventPageQuery>;
