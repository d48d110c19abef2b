import type { cameras } from "@gatehouse/contract";
import { type Area, areasOf, isArea, masksFrom, zonesFrom } from "./areas.ts";
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
} as const satisfies Record<string, readonly [least: number, most: number]>;
export type NumberField = keyof typeof BOUNDS;
export const NUMBER_FIELDS = Object.keys(BOUNDS) as NumberField[];

/** A camera's settings while they are written: numbers may be unfinished, areas have keys. */
export interface SettingsDraft {
  readonly enabled: boolean;
  readonly mode: cameras.RecordingMode;
  readonly spans: readonly SpanDraft[];
  readonly motion: boolean;
  readonly areas: readonly Area[];
  readonly numbers: Readonly<Record<NumberField, number | undefined>>;
}

export function draftOf(settings: cameras.CameraSettings): SettingsDraft {
  const { recording, motion, enabled, maxFramesPerSecond } = settings;
  const { preRollSeconds, postRollSeconds, continuousDays, motionDays, eventDays } = recording;
  const { sensitivity, endAfterSeconds } = motion;
  return {
    enabled,
    mode: recording.mode,
    spans: recording.schedule.map((span, n) => spanDraftOf(span, `span ${n}`)),
    motion: motion.enabled,
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
    },
  };
}

export type Wrong = NumberField | "schedule" | "spans" | "names" | "areas";

const isWithin = (field: NumberField, value: number | undefined): boolean =>
  value !== undefined && Number.isInteger(value) && value >= BOUNDS[field][0] && value <= BOUNDS[field][1];

/** What keeps the draft from being saved; nothing is a draft that can be sent. */
export function wrongOf({ mode, spans, areas, numbers }: SettingsDraft): ReadonlySet<Wrong> {
  const wrong = new Set<Wrong>(NUMBER_FIELDS.filter((field) => !isWithin(field, numbers[field])));
  if (mode === "schedule" && spans.length === 0) wrong.add("schedule");
  if (spans.some((span) => wrongOfSpan(span) !== undefined)) wrong.add("spans");
  if (areas.some(({ kind, name }) => kind !== "mask" && name.trim() === "")) wrong.add("names");
  if (areas.some(({ corners }) => !isArea(corners))) wrong.add("areas");
  return wrong;
}

/** The settings to send. Only for a draft with nothing wrong. */
export function settingsFrom({
  enabled,
  mode,
  spans,
  motion,
  areas,
  numbers,
}: SettingsDraft): cameras.CameraSettings {
  const of = (field: NumberField): number => numbers[field] ?? BOUNDS[field][0];
  return {
    enabled,
    recording: {
      mode,
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
    masks: masksFrom(areas),
    maxFramesPerSecond: of("maxFramesPerSecond"),
  };
}

/** Whether saving it would change anything; an unfinished draft always differs. */
export const isChanged = (draft: SettingsDraft, settings: cameras.CameraSettings): boolean =>
  wrongOf(draft).size > 0 ||
  JSON.stringify(settingsFrom(draft)) !== JSON.stringify(settingsFrom(draftOf(settings)));
