import type { UnixMs, Uuid } from "@gatehouse/base";
import type { alerts, ReplyOf } from "@gatehouse/contract";
import { evaluate, INITIAL, type Input } from "./engine.ts";
import { alarmMsOf, match } from "./event-rule.ts";
import { type EventCondition, type MeasuredCondition, metricOf, type RuleRecord, watches } from "./model.ts";
import type { CameraEvents, TelemetryReader, WatchedDevice } from "./ports.ts";
import { armedIn } from "./schedule.ts";
import type { MetricValue } from "./signal.ts";

type Reply = ReplyOf<typeof alerts.tryRule>;
type Raise = Reply["raises"][number];

export const DRY_RUN_MS = 86_400_000;
const MAX_RAISES = 200;
/** Bounds of one answer: values read altogether, and of one series. */
const MAX_POINTS = 200_000;
const MAX_POINTS_A_SERIES = 20_000;
const MAX_METRICS_FOR_SILENCE = 8;

interface Point {
  readonly tsMs: UnixMs;
  readonly value: MetricValue;
}

/** Runs the very engine over the stored history of the last 24 h; nothing is raised for real. */
export async function dryRun(
  rule: RuleRecord,
  condition: MeasuredCondition,
  devices: readonly WatchedDevice[],
  telemetry: TelemetryReader,
  nowMs: UnixMs,
): Promise<Reply> {
  const watched = devices.filter((device) => watches(rule, device));
  const raises: Raise[] = [];
  let pointsLeft = MAX_POINTS;
  let truncated = false;
  for (const device of watched) {
    if (pointsLeft <= 0 || raises.length >= MAX_RAISES) {
      truncated = true;
      break;
    }
    const limit = Math.min(pointsLeft, MAX_POINTS_A_SERIES);
    const { points, isCut } = await pointsOf(rule, device, telemetry, nowMs, limit);
    pointsLeft -= points.length;
    truncated ||= isCut;
    raises.push(...replay(rule, condition, device, points, isCut ? (points.at(-1)?.tsMs ?? nowMs) : nowMs));
  }
  raises.sort((a, b) => a.atMs - b.atMs);
  return {
    watches: watched.length,
    raises: raises.slice(0, MAX_RAISES),
    truncated: truncated || raises.length > MAX_RAISES,
  };
}

/** The same over the stored events of cameras. */
export async function tryOnEvents(
  rule: RuleRecord,
  condition: EventCondition,
  devices: readonly WatchedDevice[],
  events: CameraEvents,
  nowMs: UnixMs,
): Promise<Reply> {
  const watched = new Map(
    devices.filter((device) => watches(rule, device)).map((device) => [device.deviceId, device]),
  );
  const fromMs = nowMs - DRY_RUN_MS;
  const found = await events.eventsIn(rule.tenantId, [...watched.keys()], fromMs, nowMs, MAX_RAISES);
  const raises: Raise[] = [];
  for (const event of found) {
    const device = watched.get(event.cameraId);
    const atMs = alarmMsOf(event);
    if (device === undefined || atMs === undefined || atMs < fromMs) continue;
    if (!armedIn(rule.schedule, device.timeZone)(atMs) || match(condition, event) !== "yes") continue;
    raises.push({ deviceId: device.deviceId, deviceName: device.name, atMs });
  }
  raises.sort((a, b) => a.atMs - b.atMs);
  return {
    watches: watched.size,
    raises: raises.slice(0, MAX_RAISES),
    truncated: raises.length > MAX_RAISES,
  };
}

/** What one device would have raised, oldest first. */
export function replay(
  rule: RuleRecord,
  condition: MeasuredCondition,
  device: WatchedDevice,
  points: readonly Point[],
  untilMs: UnixMs,
): Raise[] {
  const engineRule = {
    condition,
    holdMs: rule.holdMs,
    armed: armedIn(rule.schedule, device.timeZone),
  };
  const raises: Raise[] = [];
  let state = INITIAL;
  const step = (input: Input): void => {
    const result = evaluate(engineRule, state, input);
    state = result.state;
    for (const { kind, ...found } of result.effects) {
      if (kind === "raise") raises.push({ deviceId: device.deviceId, deviceName: device.name, ...found });
    }
  };
  for (const { tsMs, value } of points) step({ kind: "reading", tsMs, receivedMs: tsMs, value });
  step({ kind: "tick", nowMs: untilMs });
  return raises;
}

async function pointsOf(
  rule: RuleRecord,
  device: WatchedDevice,
  telemetry: TelemetryReader,
  nowMs: UnixMs,
  limit: number,
): Promise<{ points: readonly Point[]; isCut: boolean }> {
  const read = (metric: string) =>
    telemetry.history(device.tenantId, device.deviceId, metric, nowMs - DRY_RUN_MS, nowMs, limit);
  const metric = metricOf(rule.condition);
  if (metric !== undefined) {
    const points = await read(metric);
    return { points, isCut: points.length >= limit };
  }
  const heard: Point[] = [];
  let isCut = false;
  for (const key of await metricsOf(device, telemetry)) {
    const points = await read(key);
    isCut ||= points.length >= limit;
    for (const point of points) heard.push(point);
  }
  return { points: heard.sort((a, b) => a.tsMs - b.tsMs).slice(0, limit), isCut };
}

/** The metrics that tell when a device was heard. */
async function metricsOf(device: WatchedDevice, telemetry: TelemetryReader): Promise<readonly string[]> {
  const last = await telemetry.last([device.deviceId]);
  const stored: readonly { metric: string }[] = last.get(device.deviceId as Uuid) ?? [];
  return stored.map(({ metric }) => metric).slice(0, MAX_METRICS_FOR_SILENCE);
}
