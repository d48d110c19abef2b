import { type Static, Type } from "typebox";
import { line, object, UnixMs, Uuid } from "../schemas.ts";
import { ScheduleSpan } from "./schedule-span.ts";

/** Name of a class as models give it: `person`, `dog`. */
export const ClassLabel = line(64);

/** A share of the picture's width or height, 0 left or top. */
const Share = Type.Number({ minimum: 0, maximum: 1 });

/** Where something was found, as shares of the picture; left and upper edge, width and height. */
export const FoundBox = object({
  label: ClassLabel,
  /** How sure the detector is, 0…1. */
  score: Share,
  x: Share,
  y: Share,
  width: Share,
  height: Share,
  /** The same thing has the same number as long as an event lasts; absent where nobody follows it. */
  track: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
});
export type FoundBox = Static<typeof FoundBox>;

/** The model that comes along. */
export const BUILT_IN_DETECTOR = "built_in";

/** When an event of this camera raises an alarm. `site`: while its site is armed by hand or by a program. */
export const ARMINGS = ["always", "schedule", "site"] as const;

/** What is looked for in a camera's pictures, and what comes of it. Zones are those of its motion, and may ask for more. */
export const DetectionSettings = object({
  enabled: Type.Boolean(),
  /** `built_in`, or the id of a detector of the organisation. */
  detector: Type.Union([Type.Literal(BUILT_IN_DETECTOR), Uuid]),
  classes: Type.Array(ClassLabel, { minItems: 1, maxItems: 80, uniqueItems: true }),
  minScore: Type.Number({ minimum: 0.1, maximum: 0.95 }),
  /** Smaller things are left out: share of the picture's height. */
  minHeight: Type.Number({ minimum: 0, maximum: 0.99 }),
  /** And larger ones; not less than `minHeight`. Absent: none is too large. */
  maxHeight: Type.Optional(Type.Number({ minimum: 0.01, maximum: 1 })),
  /** Shorter visits are no events. */
  minSeconds: Type.Integer({ minimum: 0, maximum: 60 }),
  /** A visit is over when nothing was found for this long. */
  endAfterSeconds: Type.Integer({ minimum: 1, maximum: 60 }),
  arming: Type.Unsafe<(typeof ARMINGS)[number]>(Type.Union(ARMINGS.map((one) => Type.Literal(one)))),
  /** Armed inside, where `arming` is `schedule`; the site's time zone. */
  schedule: Type.Array(ScheduleSpan, { maxItems: 20 }),
  /** After an alarm there is no other for this long. */
  cooldownSeconds: Type.Integer({ minimum: 0, maximum: 3_600 }),
  /** Whether messages about alarms may carry the picture out of the house. */
  pictureInAlerts: Type.Boolean(),
});
export type DetectionSettings = Static<typeof DetectionSettings>;

export const DEFAULT_DETECTION_SETTINGS: DetectionSettings = {
  enabled: false,
  detector: BUILT_IN_DETECTOR,
  classes: ["person"],
  minScore: 0.45,
  minHeight: 0.03,
  maxHeight: 1,
  minSeconds: 0,
  endAfterSeconds: 3,
  arming: "always",
  schedule: [],
  cooldownSeconds: 30,
  pictureInAlerts: false,
};

/** What was found in the course of one event. */
export const EventDetection = object({
  /** Who looked: this server, the camera's own machine, or another program that handed it over. */
  by: Type.Union([Type.Literal("server"), Type.Literal("agent"), Type.Literal("handed_over")]),
  /** Name of the model, as it is known here; empty where nobody said it. */
  model: Type.String({ maxLength: 120 }),
  /** Most certain first. */
  labels: Type.Array(ClassLabel, { maxItems: 80 }),
  /** How many there were at once at most, and how many came altogether. */
  mostAtOnce: Type.Integer({ minimum: 0, maximum: 10_000 }),
  counted: Type.Integer({ minimum: 0, maximum: 10_000 }),
  /** The highest. */
  score: Share,
  /** Where the most certain one stood (middle of the lower edge), oldest first, as shares of the picture. */
  path: Type.Array(Type.Tuple([Share, Share]), { maxItems: 64 }),
  /** In the frame at `bestMs`. */
  bestBox: Type.Optional(FoundBox),
  /** When it was sure: the third look that found it. Absent while it is not. */
  alarmMs: Type.Optional(UnixMs),
  /** Whether an alarm was due then: armed, and not within another's cool-down. */
  armed: Type.Boolean(),
});
export type EventDetection = Static<typeof EventDetection>;

export const VERDICTS = ["intrusion", "not_intrusion", "undecided"] as const;
export const Verdict = Type.Unsafe<(typeof VERDICTS)[number]>(
  Type.Union(VERDICTS.map((one) => Type.Literal(one))),
);
export type Verdict = Static<typeof Verdict>;
