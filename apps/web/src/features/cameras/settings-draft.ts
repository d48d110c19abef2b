import type { cameras } from "@gatehouse/contract";
import { type Area, areasOf, asksWell, isArea, masksFrom, zonesFrom } from "./areas.ts";
import { type SpanDraft, spanDraftOf, spanFrom, wrongOfSpan } from "./schedule.ts";

/** Numbers of the settings, each with the bounds of the contract. */
export const BOUNDS = {
  preRollSeconds: [0, 600],
  postRollSeconds: [0, 600],
  continuousDays: [1, 3_650],
  motionDays: [1, 3_650],
  eventDays: [1, 3_650],
  sensitivity: [1, 100],
  endAfterSeconds: [1, 120],
  maxFramesPerSecond: [1, 60],
  visitSeconds: [0, 60],
  visitEndSeconds: [1, 60],
  cooldownSeconds: [0, 3_600],
} as const satisfies Record<string, readonly [least: number, most: number]>;
export type NumberField = keyof typeof BOUNDS;
export const NUMBER_FIELDS = Object.keys(BOUNDS) as NumberField[];

/** But for what is a number or a span of the week. */
export type DetectionDraft = Omit<
  cameras.DetectionSettings,
  "schedule" | "minSeconds" | "endAfterSeconds" | "cooldownSeconds"
>;

/** A camera's settings while they are written: numbers may be unfinished, areas have keys. */
export interface SettingsDraft {
  readonly enabled: boolean;
  readonly mode: cameras.RecordingMode;
  readonly spans: readonly SpanDraft[];
  readonly motion: boolean;
  readonly place: cameras.CameraSettings["recording"]["place"];
  readonly detection: DetectionDraft;
  /** When it is armed, where that goes by the clock. */
  readonly armingSpans: readonly SpanDraft[];
  readonly areas: readonly Area[];
  readonly numbers: Readonly<Record<NumberField, number | undefined>>;
}

export function draftOf(settings: cameras.CameraSettings): SettingsDraft {
  const { recording, motion, enabled, maxFramesPerSecond } = settings;
  const {
    schedule,
    minSeconds,
    endAfterSeconds: visitEndSeconds,
    cooldownSeconds,
    ...detection
  } = settings.detection;
  const { preRollSeconds, postRollSeconds, continuousDays, motionDays, eventDays } = recording;
  const { sensitivity, endAfterSeconds } = motion;
  return {
    enabled,
    mode: recording.mode,
    spans: recording.schedule.map((span, n) => spanDraftOf(span, `span ${n}`)),
    motion: motion.enabled,
    place: recording.place,
    detection,
    armingSpans: schedule.map((span, n) => spanDraftOf(span, `span ${n}`)),
    areas: areasOf(settings),
    numbers: {
      preRollSeconds,
      postRollSeconds,
      continuousDays,
      motionDays,
      eventDays,
      sensitivity,
      endAfterSeconds,
      maxFramesPerSecond,
      visitSeconds: minSeconds,
      visitEndSeconds,
      cooldownSeconds,
    },
  };
}

export type Wrong =
  | NumberField
  | "schedule"
  | "spans"
  | "names"
  | "areas"
  | "asks"
  | "classes"
  | "armingSchedule"
  | "armingSpans";

const isWithin = (field: NumberField, value: number | undefined): boolean =>
  value !== undefined && Number.isInteger(value) && value >= BOUNDS[field][0] && value <= BOUNDS[field][1];

/** What keeps the draft from being saved; nothing is a draft that can be sent. */
export function wrongOf(draft: SettingsDraft): ReadonlySet<Wrong> {
  const { mode, spans, areas, numbers, detection, armingSpans } = draft;
  const wrong = new Set<Wrong>(NUMBER_FIELDS.filter((field) => !isWithin(field, numbers[field])));
  if (mode === "schedule" && spans.length === 0) wrong.add("schedule");
  if (spans.some((span) => wrongOfSpan(span) !== undefined)) wrong.add("spans");
  if (detection.classes.length === 0) wrong.add("classes");
  if (detection.arming === "schedule" && armingSpans.length === 0) wrong.add("armingSchedule");
  if (armingSpans.some((span) => wrongOfSpan(span) !== undefined)) wrong.add("armingSpans");
  if (areas.some(({ kind, name }) => kind !== "mask" && name.trim() === "")) wrong.add("names");
  if (areas.some(({ corners }) => !isArea(corners))) wrong.add("areas");
  if (!areas.every(asksWell)) wrong.add("asks");
  return wrong;
}

/** The settings to send. Only for a draft with nothing wrong. */
export function settingsFrom({
  enabled,
  mode,
  spans,
  motion,
  place,
  detection,
  armingSpans,
  areas,
  numbers,
}: SettingsDraft): cameras.CameraSettings {
  const of = (field: NumberField): number => numbers[field] ?? BOUNDS[field][0];
  return {
    enabled,
    recording: {
      mode,
      place,
      schedule: spans.map(spanFrom),
      preRollSeconds: of("preRollSeconds"),
      postRollSeconds: of("postRollSeconds"),
      continuousDays: of("continuousDays"),
      motionDays: of("motionDays"),
      eventDays: of("eventDays"),
    },
    motion: {
      enabled: motion,
      sensitivity: of("sensitivity"),
      endAfterSeconds: of("endAfterSeconds"),
      zones: zonesFrom(areas),
    },
    detection: {
      ...detection,
      schedule: armingSpans.map(spanFrom),
      minSeconds: of("visitSeconds"),
      endAfterSeconds: of("visitEndSeconds"),
      cooldownSeconds: of("cooldownSeconds"),
    },
    masks: masksFrom(areas),
    maxFramesPerSecond: of("maxFramesPerSecond"),
  };
}

/** Whether saving it would change anything; an unfinished draft always differs. */
export const isChanged = (draft: SettingsDraft, settings: cameras.CameraSettings): boolean =>
  wrongOf(draft).size > 0 ||
  JSON.stringify(settingsFrom(draft)) !== JSON.stringify(settingsFrom(draftOf(settings)));
