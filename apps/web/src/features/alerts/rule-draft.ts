import type { alerts } from "@gatehouse/contract";
import { areStepsRight, escalationOf, type StepDraft } from "./escalation-draft.ts";
import { BLANK_EVENT, type EventDraft, eventConditionOf, eventDraftOf } from "./event-draft.ts";

/** A rule while it is being written: every kind of condition keeps its own fields, numbers may be unfinished. */
export interface RuleDraft {
  readonly name: string;
  readonly enabled: boolean;
  readonly severity: alerts.Severity;
  readonly kind: alerts.RuleCondition["kind"];
  readonly metric: string;
  readonly op: "above" | "below" | "outside";
  readonly limit: number | undefined;
  readonly upper: number | undefined;
  readonly hysteresis: number | undefined;
  readonly rateOp: "rises" | "falls";
  readonly perMinute: number | undefined;
  readonly windowMs: number | undefined;
  readonly silentMs: number | undefined;
  readonly equalsKind: "on" | "off" | "text";
  readonly equalsText: string;
  readonly event: EventDraft;
  readonly siteId: string;
  readonly typeId: string;
  readonly tag: string;
  readonly deviceIds: readonly string[];
  readonly holdMs: number | undefined;
  readonly repeatMs: number | undefined;
  readonly scheduled: boolean;
  readonly days: readonly number[];
  /** `HH:MM` in the site's zone. */
  readonly from: string;
  readonly to: string;
  readonly channelIds: readonly string[];
  readonly steps: readonly StepDraft[];
}

export type RuleField = keyof RuleDraft;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WEEK_MS = 168 * HOUR_MS;

export const BLANK: RuleDraft = {
  name: "",
  enabled: true,
  severity: "warning",
  kind: "threshold",
  metric: "temperature",
  op: "above",
  limit: undefined,
  upper: undefined,
  hysteresis: 0,
  rateOp: "rises",
  perMinute: undefined,
  windowMs: 5 * MINUTE_MS,
  silentMs: 10 * MINUTE_MS,
  equalsKind: "on",
  equalsText: "",
  event: BLANK_EVENT,
  siteId: "",
  typeId: "",
  tag: "",
  deviceIds: [],
  holdMs: 0,
  repeatMs: 0,
  scheduled: false,
  days: [1, 2, 3, 4, 5, 6, 7],
  from: "20:00",
  to: "06:00",
  channelIds: [],
  steps: [],
};

/** Where a rule can begin; names are `alerts.rules.templates`. */
export const TEMPLATES = {
  blank: {},
  tooWarm: { typeId: "thermometer", op: "above", limit: 8, hysteresis: 1, holdMs: 5 * MINUTE_MS },
  outsideRange: {
    typeId: "thermometer",
    op: "outside",
    limit: 2,
    upper: 8,
    hysteresis: 0.5,
    holdMs: 5 * MINUTE_MS,
  },
  risesFast: { typeId: "thermometer", kind: "rate", rateOp: "rises", perMinute: 2, severity: "critical" },
  humid: {
    typeId: "thermometer",
    metric: "humidity",
    op: "above",
    limit: 70,
    hysteresis: 3,
    holdMs: 15 * MINUTE_MS,
  },
  highPower: {
    typeId: "plug",
    metric: "power",
    op: "above",
    limit: 2_000,
    hysteresis: 100,
    holdMs: MINUTE_MS,
  },
  switchedOff: { typeId: "plug", kind: "state", metric: "on", equalsKind: "off", holdMs: MINUTE_MS },
  doorOpen: { typeId: "contact", kind: "state", metric: "open", equalsKind: "on", scheduled: true },
  silent: { kind: "silence", silentMs: 10 * MINUTE_MS },
  personSeen: { kind: "event" },
  personAtNight: { kind: "event", scheduled: true, severity: "critical" },
  lowBattery: { metric: "battery", op: "below", limit: 15, hysteresis: 5, severity: "info" },
} as const satisfies Record<string, Partial<RuleDraft>>;
export type TemplateName = keyof typeof TEMPLATES;
export const TEMPLATE_NAMES = Object.keys(TEMPLATES) as TemplateName[];

export function draftOf(body: alerts.RuleBody): RuleDraft {
  const { name, enabled, severity, condition, scope, schedule, holdMs, repeatMs, channelIds } = body;
  return {
    ...BLANK,
    name,
    enabled,
    severity,
    ...conditionFields(condition),
    siteId: scope.siteId ?? "",
    typeId: scope.typeId ?? "",
    tag: scope.tag ?? "",
    deviceIds: scope.deviceIds ?? [],
    holdMs,
    repeatMs,
    ...(schedule === undefined
      ? {}
      : {
          scheduled: true,
          days: schedule.days,
          from: clockOf(schedule.fromMinute),
          to: clockOf(schedule.toMinute % 1440),
        }),
    channelIds,
    steps: body.escalation ?? [],
  };
}

function conditionFields(condition: alerts.RuleCondition): Partial<RuleDraft> {
  switch (condition.kind) {
    case "threshold": {
      const { kind, metric, op, limit, upper, hysteresis = 0 } = condition;
      return { kind, metric, op, limit, upper, hysteresis };
    }
    case "rate": {
      const { kind, metric, op: rateOp, perMinute, windowMs } = condition;
      return { kind, metric, rateOp, perMinute, windowMs };
    }
    case "silence":
      return { kind: "silence", silentMs: condition.forMs };
    case "event":
      return { kind: "event", event: eventDraftOf(condition) };
    case "state": {
      const { kind, metric, equals } = condition;
      const isText = typeof equals === "string";
      return {
        kind,
        metric,
        equalsKind: isText ? "text" : equals ? "on" : "off",
        equalsText: isText ? equals : "",
      };
    }
  }
}

export type WrongKey =
  | "name"
  | "metric"
  | "number"
  | "upper"
  | "hysteresis"
  | "positive"
  | "window"
  | "silence"
  | "duration"
  | "repeat"
  | "days"
  | "times"
  | "events"
  | "steps";
export type Wrong = Partial<Record<RuleField, WrongKey>>;

const METRIC = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const within = (value: number | undefined, low: number, high: number): value is number =>
  value !== undefined && value >= low && value <= high;

/** What is wrong, by field; an empty object is a rule that can be sent. */
export function wrongOf(draft: RuleDraft): Wrong {
  const { repeatMs, scheduled } = draft;
  return {
    ...(draft.name.trim() === "" ? { name: "name" } : {}),
    ...conditionWrong(draft),
    ...(within(draft.holdMs, 0, WEEK_MS) ? {} : { holdMs: "duration" }),
    ...(repeatMs === 0 || within(repeatMs, MINUTE_MS, WEEK_MS) ? {} : { repeatMs: "repeat" }),
    ...(areStepsRight(draft.steps) ? {} : { steps: "steps" }),
    ...(scheduled && draft.days.length === 0 ? { days: "days" } : {}),
    ...(scheduled && !(minuteOf(draft.from) >= 0 && minuteOf(draft.to) >= 0 && draft.from !== draft.to)
      ? { to: "times" }
      : {}),
  };
}

function conditionWrong(draft: RuleDraft): Wrong {
  if (draft.kind === "event") return draft.event.events.length === 0 ? { event: "events" } : {};
  if (draft.kind === "silence") return within(draft.silentMs, 1_000, WEEK_MS) ? {} : { silentMs: "silence" };
  const metric: Wrong = METRIC.test(draft.metric) ? {} : { metric: "metric" };
  if (draft.kind === "state") return metric;
  if (draft.kind === "rate") {
    return {
      ...metric,
      ...(draft.perMinute !== undefined && draft.perMinute > 0 ? {} : { perMinute: "positive" }),
      ...(within(draft.windowMs, 10_000, HOUR_MS) ? {} : { windowMs: "window" }),
    };
  }
  return { ...metric, ...thresholdWrong(draft) };
}

function thresholdWrong({ op, limit, upper, hysteresis }: RuleDraft): Wrong {
  const wrong: { -readonly [K in RuleField]?: WrongKey } = {};
  if (limit === undefined) wrong.limit = "number";
  if (op === "outside" && (upper === undefined || (limit !== undefined && upper <= limit)))
    wrong.upper = "upper";
  const widest =
    op === "outside" && limit !== undefined && upper !== undefined ? (upper - limit) / 2 : undefined;
  if (
    hysteresis === undefined ||
    hysteresis < 0 ||
    (widest !== undefined && widest > 0 && hysteresis >= widest)
  )
    wrong.hysteresis = "hysteresis";
  return wrong;
}

/** The rule to send. Only for a draft with nothing wrong. */
export function bodyOf(draft: RuleDraft): alerts.RuleBody {
  const { siteId, typeId, tag, deviceIds } = draft;
  return {
    name: draft.name.trim(),
    enabled: draft.enabled,
    severity: draft.severity,
    condition: conditionOf(draft),
    scope: {
      ...(siteId === "" ? {} : { siteId }),
      ...(typeId === "" ? {} : { typeId }),
      ...(tag === "" ? {} : { tag }),
      ...(deviceIds.length === 0 ? {} : { deviceIds: [...deviceIds] }),
    },
    holdMs: draft.kind === "event" ? 0 : (draft.holdMs ?? 0),
    repeatMs: draft.repeatMs ?? 0,
    ...(draft.scheduled
      ? {
          schedule: {
            days: [...draft.days].sort(),
            fromMinute: minuteOf(draft.from),
            toMinute: minuteOf(draft.to),
          },
        }
      : {}),
    channelIds: [...draft.channelIds],
    ...(draft.steps.length === 0 ? {} : { escalation: escalationOf(draft.steps) }),
  };
}

function conditionOf(draft: RuleDraft): alerts.RuleCondition {
  const { metric } = draft;
  switch (draft.kind) {
    case "silence":
      return { kind: "silence", forMs: draft.silentMs ?? 0 };
    case "event":
      return eventConditionOf(draft.event);
    case "state": {
      const equals = draft.equalsKind === "text" ? draft.equalsText : draft.equalsKind === "on";
      return { kind: "state", metric, equals };
    }
    case "rate":
      return {
        kind: "rate",
        metric,
        op: draft.rateOp,
        perMinute: draft.perMinute ?? 0,
        windowMs: draft.windowMs ?? 0,
      };
    case "threshold": {
      const { op, limit = 0, upper, hysteresis = 0 } = draft;
      const ends = op === "outside" && upper !== undefined ? { limit, upper } : { limit };
      return { kind: "threshold", metric, op, ...ends, ...(hysteresis === 0 ? {} : { hysteresis }) };
    }
  }
}

function minuteOf(clock: string): number {
  const match = /^(\d{2}):(\d{2})$/.exec(clock);
  return match === null ? -1 : Number(match[1]) * 60 + Number(match[2]);
}

const clockOf = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");

/** The form's field that the server means by `field` of `rule.invalid`. */
export function fieldOf(serverField: unknown): RuleField | undefined {
  return typeof serverField === "string" ? SERVER_FIELDS[serverField] : undefined;
}

const SERVER_FIELDS: Record<string, RuleField> = {
  name: "name",
  repeatMs: "repeatMs",
  "scope.tag": "tag",
  "scope.typeId": "typeId",
  "scope.deviceIds": "deviceIds",
  "scope.siteId": "siteId",
  "condition.equals": "equalsText",
  "condition.limit": "limit",
  "condition.upper": "upper",
  "condition.hysteresis": "hysteresis",
  "condition.metric": "metric",
  "condition.minPeople": "event",
  "condition.zone": "event",
  "schedule.toMinute": "to",
  escalation: "steps",
};
