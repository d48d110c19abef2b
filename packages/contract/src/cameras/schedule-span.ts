import { type Static, Type } from "typebox";
import { object } from "../schemas.ts";

/** Minutes since midnight in the site's time zone; `to` before `from` goes past midnight. */
export const ScheduleSpan = object({
  /** 1 Monday … 7 Sunday (ISO 8601), the days on which it begins. */
  days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, maxItems: 7, uniqueItems: true }),
  fromMinute: Type.Integer({ minimum: 0, maximum: 1_439 }),
  toMinute: Type.Integer({ minimum: 0, maximum: 1_440 }),
});
export type ScheduleSpan = Static<typeof ScheduleSpan>;
