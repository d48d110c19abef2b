import { type Static, Type } from "typebox";
import { object } from "../schemas.ts";
import { RuleSchedule } from "./rules.ts";

/** Hours in which few messages are sent. */
export const QuietHours = object({
  spans: Type.Array(RuleSchedule, { minItems: 1, maxItems: 7 }),
  /** What is sent all the same. */
  passes: Type.Union([Type.Literal("critical"), Type.Literal("nothing")]),
  /** What becomes of the rest: told in one message at their end, or not told at all. */
  rest: Type.Union([Type.Literal("summary"), Type.Literal("drop")]),
  timeZone: Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, description: "IANA zone; absent: the organisation's" }),
  ),
});
export type QuietHours = Static<typeof QuietHours>;
