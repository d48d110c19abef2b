import { type Clock, isAppError, type Logger, type Random } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import { type ChannelSecrets, withoutSecrets } from "./channel-secrets.ts";
import type { ChannelRecord, ChannelStore } from "./channel-store.ts";
import { ATTEMPT_MS } from "./delivery-states.ts";
import type { Failure, Outcome, OutgoingMessage } from "./plugins/notifier-plugin.ts";
import { pluginOf } from "./plugins/registry.ts";

export interface AttemptDeps {
  readonly channels: ChannelStore;
  readonly secrets: ChannelSecrets;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly attemptMs?: number;
}

/** Sends once by a channel, within the time of an attempt. A success makes the channel well; a failure is `blame`d. */
export async function attempt(
  deps: AttemptDeps,
  message: OutgoingMessage,
  channel: ChannelRecord,
  stopping: AbortSignal,
): Promise<Outcome> {
  const { channels, clock, log, secrets } = deps;
  let settings: alerts.ChannelSettings | undefined;
  let outcome: Outcome;
  try {
    settings = secrets.open(channel.id, channel.sealed);
    outcome = await sendWithin(deps, settings, message, channel.allowPrivate, stopping);
  } catch (error) {
    const isUnreadable = isAppError(error, "secret.unreadable");
    if (!isUnreadable)
      log.error(
        { err: error, channelId: channel.id, kind: channel.sealed.plain.kind },
        "outbox.plugin_failed",
      );
    outcome = { ok: false, code: isUnreadable ? "secret_unreadable" : "internal" };
  }
  if (outcome.ok) {
    await channels.setHealthy(channel.id, clock.nowMs());
    return outcome;
  }
  if (outcome.detail !== undefined && settings !== undefined)
    outcome = { ...outcome, detail: withoutSecrets(outcome.detail, settings) };
  log.warn({ channelId: channel.id, deliveryId: message.id, code: outcome.code }, "outbox.attempt_failed");
  return outcome;
}

/** What a failed attempt says about its channel: being asked to slow down is no fault of it, nor is our own end. */
export async function blame(
  { channels }: AttemptDeps,
  channel: ChannelRecord,
  failure: Failure,
  stopping: AbortSignal,
): Promise<void> {
  if (failure.code !== "rate_limited" && !stopping.aborted)
    await channels.setFailing(channel.id, said(failure));
}

/** Sends once, within the time of an attempt. */
export async function sendWithin(
  { attemptMs: timeoutMs = ATTEMPT_MS, clock, random }: Pick<AttemptDeps, "attemptMs" | "clock" | "random">,
  settings: alerts.ChannelSettings,
  message: OutgoingMessage,
  allowPrivate: boolean,
  stopping: AbortSignal,
): Promise<Outcome> {
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, stopping]);
  const deadline = clock.after(timeoutMs, () => ended.abort());
  const aborted = new Promise<Outcome>((resolve) => {
    signal.addEventListener("abort", () => resolve({ ok: false, code: "timeout" }), { once: true });
  });
  try {
    const context = { allowPrivate, nowMs: clock.nowMs(), timeoutMs, random, signal };
    return await Promise.race([pluginOf(settings.kind).send(settings, message, context), aborted]);
  } finally {
    deadline.cancel();
    ended.abort();
  }
}

/** A failure as people may read it: why, and what the other side said. */
export const said = ({ code, detail }: Failure): alerts.Failure =>
  detail === undefined || detail === "" ? { code } : { code, detail };

/** The other side's wish goes before our own schedule when it is longer. */
export const waitMs = ({ retryAfterMs = 0 }: Failure, delayMs: number): number =>
  Math.max(retryAfterMs, delayMs);
