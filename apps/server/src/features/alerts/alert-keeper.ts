import { AppError, type Clock, newUuid, type Random, type UnixMs, type Uuid } from "@gatehouse/base";
import type { alerts, Bus } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import { type AlertEventKind, nextAlertState } from "./alert-states.ts";
import type { AlertChange, AlertRecord, AlertStore, AlertWriter } from "./alert-store.ts";
import type { Effect } from "./engine.ts";
import { dueMsOf, reachedBy } from "./escalation.ts";
import { isStorable, metricOf, type ResolveReason, type RuleRecord } from "./model.ts";
import type { Notifier, WatchedDevice } from "./ports.ts";
import type { MetricValue } from "./signal.ts";

export interface AlertKeeperDeps {
  readonly store: AlertStore;
  readonly notifier: Notifier;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly audit: AuditTrail;
}

/** Who handles an alert. */
interface Handler {
  readonly tenantId: Uuid;
  readonly name: string;
}

/** Why an alert is raised: what was measured, or what happened before a camera. */
type Cause = Pick<Effect, "atMs" | "value"> & { readonly event?: alerts.AlertEventFacts };

/**
 * Every change of an alert: the row, its event and the messages it sends are one transaction, and the bus hears
 * of it after the commit.
 */
export interface AlertKeeper {
  /** The open alert's id; when the rule already has one for the device (or had one for the event), that one. */
  raise(rule: RuleRecord, device: WatchedDevice, cause: Cause): Promise<Uuid | undefined>;
  /** Somebody decided what the event was that the alert is about. */
  judged(alertId: Uuid, byName: string, verdict: string): Promise<void>;
  resolve(alertId: Uuid, atMs: UnixMs, reason: ResolveReason, value?: MetricValue): Promise<void>;
  /** The repeat that is due, or the end of the snooze; `rule` is the alert's rule as it is now. */
  attend(alertId: Uuid, rule: RuleRecord | undefined, isArmed: boolean): Promise<void>;
  /** The next step of its escalation, where that is due. */
  escalate(alertId: Uuid): Promise<void>;
  acknowledge(alertId: Uuid, by: Handler, note: string | undefined): Promise<alerts.Alert>;
  /** `forMs` 0 ends the snooze. */
  snooze(alertId: Uuid, by: Handler, forMs: number): Promise<alerts.Alert>;
}

/** While a schedule is not armed, a repeat waits and asks again after this long. */
const REPEAT_WHEN_ARMED_MS = 60_000;

export function createAlertKeeper(deps: AlertKeeperDeps): AlertKeeper {
  const { store, notifier, bus, clock, audit } = deps;

  const publish = ({ tenantId, alert }: AlertRecord, event: string): alerts.Alert => {
    bus.publish("alert.changed", { tenantId, alert, event });
    return alert;
  };

  /** What a person does: the tenant must match, and a refusal is an answer. */
  const handle = async (
    alertId: Uuid,
    by: Handler,
    event: AlertEventKind,
    kind: string,
    detail: string | undefined,
    change: (record: AlertRecord, nowMs: UnixMs) => Omit<AlertChange, "state">,
  ): Promise<alerts.Alert> => {
    const nowMs = clock.nowMs();
    const changed = await store.write(async (writer) => {
      const record = await writer.lock(alertId);
      if (record === undefined || record.tenantId !== by.tenantId) throw new AppError("alert.not_found");
      const state = nextAlertState(record.alert.state, event);
      if (state === undefined) throw new AppError("request.conflict", { state: record.alert.state });
      await writer.addEvent(alertId, {
        atMs: nowMs,
        kind,
        by: by.name,
        ...(detail === undefined || detail === "" ? {} : { detail }),
      });
      const { tenantId, alert } = record;
      await audit.record(writer.tx, {
        kind: "alert.handled",
        tenantId,
        subject: { kind: "alert", id: alertId },
        data: { change: kind, deviceId: alert.deviceId, ruleId: alert.ruleId },
        personal: kind === "acknowledged" && detail !== undefined ? { note: detail } : {},
      });
      if (event === "acknowledge") await writer.escalations.stop(alertId, nowMs);
      return writer.change(alertId, { state, ...change(record, nowMs) });
    });
    return publish(changed, kind);
  };

  return {
    async raise(rule, device, cause) {
      const record = newRecord(deps, rule, device, cause);
      const nowMs = clock.nowMs();
      const isNew = await store.write(async (writer) => {
        if (!(await writer.insert(record, nowMs))) return false;
        const { alert, tenantId, channelIds } = record;
        await writer.dropState(rule.id, device.deviceId);
        await writer.addEvent(alert.id, { atMs: alert.raisedMs, kind: "raised" });
        await writer.escalations.start(alert.id, rule.escalation ?? [], nowMs);
        await notifier.enqueue(writer.tx, { tenantId, kind: "raised", alert, channelIds });
        return true;
      });
      if (isNew) return publish(record, "raised").id;
      return cause.event === undefined
        ? store.write((writer) => writer.findOpen(rule.id, device.deviceId))
        : undefined;
    },

    async judged(alertId, byName, verdict) {
      const judged = await store.write(async (writer) => {
        const record = await writer.lock(alertId);
        if (record === undefined || record.alert.state === "resolved") return undefined;
        await writer.addEvent(alertId, { atMs: clock.nowMs(), kind: "judged", by: byName, detail: verdict });
        await writer.escalations.stop(alertId, clock.nowMs());
        return record;
      });
      if (judged !== undefined) publish(judged, "judged");
    },

    async resolve(alertId, atMs, reason, value) {
      const resolved = await store.write(async (writer) => {
        const record = await writer.lock(alertId);
        const state = record === undefined ? undefined : nextAlertState(record.alert.state, "resolve");
        if (record === undefined || state === undefined) return undefined;
        const resolvedMs = Math.max(atMs, record.alert.raisedMs);
        const changed = await writer.change(alertId, {
          state,
          resolvedMs,
          snoozedUntilMs: null,
          nextMs: null,
        });
        await writer.addEvent(alertId, { atMs: resolvedMs, kind: "resolved", detail: reason });
        await writer.escalations.stop(alertId, clock.nowMs());
        if (reason === "cleared") {
          const { tenantId } = record;
          const channelIds = await toldOf(writer, record);
          const alert = value === undefined ? changed.alert : { ...changed.alert, value };
          await notifier.enqueue(writer.tx, { tenantId, kind: "resolved", alert, channelIds });
        }
        return changed;
      });
      if (resolved !== undefined) publish(resolved, "resolved");
    },

    async attend(alertId, rule, isArmed) {
      const nowMs = clock.nowMs();
      const attended = await store.write(async (writer) => {
        const record = await writer.lock(alertId);
        // Somebody else was quicker: nothing is due any more.
        if (record?.nextMs === undefined || record.nextMs > nowMs) return undefined;
        const isWaking = record.alert.state === "snoozed";
        const state = nextAlertState(record.alert.state, isWaking ? "wake" : "repeat");
        if (state === undefined || !(isWaking || isArmed)) {
          const nextMs = state === undefined ? null : nowMs + REPEAT_WHEN_ARMED_MS;
          await writer.change(alertId, { state: record.alert.state, nextMs });
          return undefined;
        }
        const repeatMs = rule?.repeatMs ?? 0;
        const nextMs = repeatMs > 0 ? nowMs + repeatMs : null;
        const changed = await writer.change(alertId, { state, snoozedUntilMs: null, nextMs });
        const event = isWaking ? "unsnoozed" : "repeated";
        await writer.addEvent(alertId, { atMs: nowMs, kind: event });
        const { tenantId, alert } = changed;
        const channelIds = await toldOf(writer, changed);
        await notifier.enqueue(writer.tx, { tenantId, kind: "repeated", alert, channelIds });
        return { changed, event };
      });
      if (attended !== undefined) publish(attended.changed, attended.event);
    },

    async escalate(alertId) {
      const nowMs = clock.nowMs();
      const escalated = await store.write(async (writer) => {
        const record = await writer.lock(alertId);
        const escalation = await writer.escalations.lock(alertId);
        // Somebody answered a moment ago, or took the step.
        if (record?.alert.state !== "active" || escalation === undefined) return undefined;
        const step = escalation.steps[escalation.doneMs.length];
        if (step === undefined || (dueMsOf(escalation) ?? Number.POSITIVE_INFINITY) > nowMs) return undefined;
        const doneMs = [...escalation.doneMs, nowMs];
        await writer.escalations.save(alertId, { ...escalation, doneMs });
        await writer.addEvent(alertId, { atMs: nowMs, kind: "escalated", detail: `${doneMs.length}` });
        const { tenantId, alert } = record;
        const { channelIds } = step;
        await notifier.enqueue(writer.tx, { tenantId, kind: "escalated", alert, channelIds });
        return record;
      });
      if (escalated !== undefined) publish(escalated, "escalated");
    },

    async acknowledge(alertId, by, note) {
      if (note !== undefined && !isStorable(note)) throw new AppError("request.invalid", { field: "note" });
      return handle(alertId, by, "acknowledge", "acknowledged", note, (_record, nowMs) => ({
        acknowledgedMs: nowMs,
        acknowledgedBy: by.name,
        snoozedUntilMs: null,
        nextMs: null,
        ...(note === undefined ? {} : { note }),
      }));
    },

    snooze(alertId, by, forMs) {
      if (forMs === 0)
        return handle(alertId, by, "wake", "unsnoozed", undefined, () => ({
          snoozedUntilMs: null,
          nextMs: null,
        }));
      return handle(alertId, by, "snooze", "snoozed", `${forMs}`, (_record, nowMs) => ({
        snoozedUntilMs: nowMs + forMs,
        nextMs: nowMs + forMs,
      }));
    },
  };
}

/** Its rule's channels and those that an escalation reached. */
const toldOf = async (writer: AlertWriter, { alert, channelIds }: AlertRecord): Promise<readonly Uuid[]> => [
  ...new Set([...channelIds, ...reachedBy(await writer.escalations.find(alert.id))]),
];

function newRecord(
  { clock, random }: AlertKeeperDeps,
  rule: RuleRecord,
  device: WatchedDevice,
  { atMs, event, value }: Cause,
): AlertRecord {
  const metric = metricOf(rule.condition);
  const unit = device.metrics.find(({ key }) => key === metric)?.unit;
  return {
    tenantId: rule.tenantId,
    channelIds: rule.channelIds,
    ...(rule.repeatMs > 0 ? { nextMs: clock.nowMs() + rule.repeatMs } : {}),
    alert: {
      id: newUuid(clock, random),
      ruleId: rule.id,
      ruleName: rule.name,
      severity: rule.severity,
      state: "active",
      deviceId: device.deviceId,
      deviceName: device.name,
      siteName: device.siteName,
      condition: rule.condition,
      // A condition that held before the rule was written is news now.
      raisedMs: Math.max(atMs, rule.updatedMs),
      ...(metric === undefined ? {} : { metric }),
      ...(value === undefined ? {} : { value }),
      ...(event === undefined ? {} : { event }),
      ...(unit === undefined || unit === "" ? {} : { unit }),
    },
  };
}
