import type { alerts } from "@gatehouse/contract";

export type AlertState = alerts.Alert["state"];
/** What can happen to an alert after it was raised. */
export type AlertEventKind = "acknowledge" | "snooze" | "wake" | "repeat" | "resolve";

/**
 * The life of an alert. A missing entry is refused. A note may still be left on a resolved alert; `wake` is the
 * end of a snooze and makes the alert ask for somebody again, whoever had acknowledged it before.
 */
export const ALERT_TRANSITIONS: Record<AlertState, Partial<Record<AlertEventKind, AlertState>>> = {
  active: { acknowledge: "acknowledged", snooze: "snoozed", repeat: "active", resolve: "resolved" },
  acknowledged: { acknowledge: "acknowledged", snooze: "snoozed", resolve: "resolved" },
  snoozed: { acknowledge: "acknowledged", snooze: "snoozed", wake: "active", resolve: "resolved" },
  resolved: { acknowledge: "resolved" },
};

export const nextAlertState = (state: AlertState, event: AlertEventKind): AlertState | undefined =>
  ALERT_TRANSITIONS[state][event];
