import type { Random } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";

export type DeliveryState = alerts.Delivery["state"];
export type DeliveryEvent =
  /** A sender begins an attempt; also when the one before it did not come back within its lease. */
  | "take"
  | "accept"
  | "fail"
  | "refuse"
  /** The day's limit is reached. */
  | "cap"
  /** Its channel is switched off. */
  | "hold"
  /** Quiet hours are over: another message tells of it. */
  | "sum"
  /** Worthless by now. */
  | "expire"
  /** A person wants it tried again. */
  | "again";

/** The life of a message; a missing entry is refused. */
export const DELIVERY_TRANSITIONS: Record<DeliveryState, Partial<Record<DeliveryEvent, DeliveryState>>> = {
  queued: { take: "sending", again: "queued" },
  sending: {
    take: "sending",
    accept: "sent",
    fail: "retrying",
    refuse: "dead",
    cap: "capped",
    hold: "held",
    expire: "expired",
  },
  retrying: { take: "sending", again: "queued" },
  sent: {},
  dead: { again: "queued" },
  held: { again: "queued" },
  capped: { again: "queued" },
  expired: {},
  deferred: { sum: "summed", refuse: "dead", again: "queued" },
  summed: {},
  muted: { again: "queued" },
};

/** States from which the event leads somewhere, for the guard of an update. */
export const statesBefore = (event: DeliveryEvent): DeliveryState[] =>
  (Object.keys(DELIVERY_TRANSITIONS) as DeliveryState[]).filter(
    (state) => DELIVERY_TRANSITIONS[state][event] !== undefined,
  );

export const MAX_ATTEMPTS = 8;
/** One attempt, with everything in it. */
export const ATTEMPT_MS = 15_000;
/** A sender that did not come back within this time is taken for dead. */
export const LEASE_MS = 60_000;

const FIRST_DELAY_MS = 10_000;
const LONGEST_DELAY_MS = 3_600_000;

/** Wait before the next attempt after `attempts` of them: 10 s, 30 s, 90 s … up to an hour, less up to half by chance. */
export function retryDelayMs(attempts: number, random: Random): number {
  const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 3 ** (attempts - 1));
  return Math.round(delayMs * (1 - random.ratio() / 2));
}

const SEVERITIES: readonly alerts.Severity[] = ["info", "warning", "critical"];

export const isAtLeast = (severity: alerts.Severity, least: alerts.Severity): boolean =>
  SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
