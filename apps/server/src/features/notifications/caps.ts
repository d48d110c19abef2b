import type { UnixMs } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import type { ChannelRecord } from "./channel-store.ts";
import { channelScope } from "./outbox-query-store.ts";
import type { DayLimit } from "./outbox-store.ts";
import { SMS_KINDS } from "./plugins/registry.ts";

/** Messages a day (UTC) of one tenant: against a flood of alerts, a stolen session and the bill that follows. */
export interface Caps {
  readonly smsPerDay: number;
  readonly emailsPerDay: number;
  readonly smsPerRecipient: number;
  readonly emailsPerRecipient: number;
  readonly pushesPerDay: number;
  /** A browser. */
  readonly pushesPerRecipient: number;
}

export const DEFAULT_CAPS: Caps = {
  smsPerDay: 200,
  emailsPerDay: 1_000,
  smsPerRecipient: 30,
  emailsPerRecipient: 100,
  pushesPerDay: 5_000,
  pushesPerRecipient: 300,
};

/** All limits that one message counts in; several channels with the same recipient share that recipient's. */
export function limitsOf(channel: ChannelRecord, recipient: string, caps: Caps): readonly DayLimit[] {
  const ofChannel = { scope: channelScope(channel.id), cap: channel.dailyCap };
  const { kind } = channel.sealed.plain;
  if (SMS_KINDS.has(kind)) {
    return [
      ofChannel,
      { scope: "kind:sms", cap: caps.smsPerDay },
      { scope: `recipient:${recipient}`, cap: caps.smsPerRecipient },
    ];
  }
  if (kind === "web_push") {
    return [
      ofChannel,
      { scope: "kind:web_push", cap: caps.pushesPerDay },
      { scope: `recipient:${recipient}`, cap: caps.pushesPerRecipient },
    ];
  }
  if (kind !== "email") return [ofChannel];
  return [
    ofChannel,
    { scope: "kind:email", cap: caps.emailsPerDay },
    { scope: `recipient:${recipient.toLowerCase()}`, cap: caps.emailsPerRecipient },
  ];
}

/** Why a scope that is full stops a message. */
export function capReason(scope: string): alerts.FailureCode {
  if (scope.startsWith("recipient:")) return "cap_recipient";
  return scope.startsWith("kind:") ? "cap_kind" : "cap_channel";
}

export const dayOf = (nowMs: UnixMs): string => new Date(nowMs).toISOString().slice(0, 10);
