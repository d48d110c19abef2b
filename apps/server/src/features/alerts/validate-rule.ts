import { AppError } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import { isStorable, kindOf, metricOf } from "./model.ts";
import type { DeviceDirectory, DeviceMetric, WatchedDevice } from "./ports.ts";
import { isEmptySchedule } from "./schedule.ts";

type Metrics = { readonly metrics: readonly DeviceMetric[]; readonly open: boolean };

/** What the schema cannot say: refuses with `rule.invalid` and a detail that names the field. */
export function assertRule(
  body: alerts.RuleBody,
  directory: Pick<DeviceDirectory, "typeMetrics">,
  devices: readonly WatchedDevice[],
): void {
  assertText(body);
  assertCondition(body);
  if (body.schedule !== undefined && isEmptySchedule(body.schedule))
    refuse("schedule.toMinute", "the schedule is never armed: from and to are the same");
  if (body.repeatMs > 0 && body.repeatMs < 60_000) refuse("repeatMs", "repeats are at least a minute apart");
  const steps = body.escalation ?? [];
  if (steps.some(({ afterMs }, n) => afterMs <= (steps[n - 1]?.afterMs ?? 0)))
    refuse("escalation", "each step is later than the one before");
  if (body.scope.deviceIds?.length === 0) refuse("scope.deviceIds", "the list of devices is empty");
  const unknown = body.scope.deviceIds?.find((id) => !devices.some((device) => device.deviceId === id));
  if (unknown !== undefined) refuse("scope.deviceIds", `there is no device ${unknown}`);
  assertMetric(body, directory, devices);
}

function assertText(body: alerts.RuleBody): void {
  const { condition, scope, name } = body;
  const texts: [string, unknown][] = [
    ["name", name],
    ["scope.tag", scope.tag],
    ["scope.typeId", scope.typeId],
    ["condition.zone", condition.kind === "event" ? condition.zone : undefined],
    ["condition.equals", condition.kind === "state" ? condition.equals : undefined],
  ];
  for (const [field, text] of texts) {
    if (typeof text === "string" && !isStorable(text))
      refuse(field, "the text contains a character that cannot be stored");
  }
}

function assertCondition({ condition, holdMs }: alerts.RuleBody): void {
  if (condition.kind === "event") {
    if (holdMs > 0) refuse("holdMs", "what happens before a camera is told of at once");
    if (condition.minPeople !== undefined && !condition.events.includes("person"))
      refuse("condition.minPeople", "only people are counted");
    return;
  }
  if (condition.kind !== "threshold") return;
  const { op, limit, upper, hysteresis = 0 } = condition;
  if (![limit, upper ?? 0, hysteresis].every(Number.isFinite))
    refuse("condition.limit", "not a finite number");
  if (op !== "outside") {
    if (upper !== undefined) refuse("condition.upper", "only a range has an upper limit");
    return;
  }
  if (upper === undefined) refuse("condition.upper", "a range needs an upper limit");
  if (upper <= limit) refuse("condition.upper", "the upper limit must be above the lower one");
  if (hysteresis * 2 >= upper - limit)
    refuse("condition.hysteresis", "the hysteresis leaves nothing of the range");
}

/** The metric must be one that something in scope measures, as a number or a state as the condition needs it. */
function assertMetric(
  body: alerts.RuleBody,
  directory: Pick<DeviceDirectory, "typeMetrics">,
  devices: readonly WatchedDevice[],
): void {
  const { deviceIds, typeId } = body.scope;
  const type = typeId === undefined ? undefined : directory.typeMetrics(typeId);
  if (typeId !== undefined && type === undefined) refuse("scope.typeId", `there is no device type ${typeId}`);
  const metric = metricOf(body.condition);
  if (metric === undefined) return;
  const candidates: Metrics[] = devices
    .filter((device) => deviceIds === undefined || deviceIds.includes(device.deviceId))
    .filter((device) => typeId === undefined || device.typeId === typeId)
    .map(({ metrics, openMetrics }) => ({ metrics, open: openMetrics }));
  if (type !== undefined) candidates.push(type);
  // Without a type and without devices nothing is known yet: the rule may come first.
  if (candidates.length === 0 || candidates.some(({ open }) => open)) return;
  const known = candidates.flatMap(({ metrics }) => metrics).filter(({ key }) => key === metric);
  if (known.length === 0) refuse("condition.metric", `no device in scope measures ${metric}`);
  const kind = kindOf(body.condition);
  if (!known.some((one) => one.kind === kind))
    refuse("condition.metric", kind === "number" ? `${metric} is not a number` : `${metric} is not a state`);
}

function refuse(field: string, detail: string): never {
  throw new AppError("rule.invalid", { field, detail });
}
