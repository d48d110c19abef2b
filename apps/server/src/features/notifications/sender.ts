import { type Clock, isAppError, type Logger, type Random, type Timer, type Uuid } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import { type Caps, capReason, dayOf, limitsOf } from "./caps.ts";
import { type ChannelSecrets, withoutSecrets } from "./channel-secrets.ts";
import type { ChannelRecord, ChannelStore } from "./channel-store.ts";
import { ATTEMPT_MS, LEASE_MS, MAX_ATTEMPTS, retryDelayMs } from "./delivery-states.ts";
import type { DeliveryRecord, OutboxStore } from "./outbox-store.ts";
import { type Failure, isPermanent, type Outcome } from "./plugins/notifier-plugin.ts";
import { pluginOf } from "./plugins/registry.ts";
import type { AlertTrail, NotificationSettings } from "./ports.ts";

export interface SenderDeps {
  readonly outbox: OutboxStore;
  readonly channels: ChannelStore;
  readonly secrets: ChannelSecrets;
  readonly settings: NotificationSettings;
  readonly trail: AlertTrail;
  readonly caps: Caps;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly attemptMs?: number;
}

const POLL_MS = 1_000;
const MAX_RUNNING = 8;
/** A channel that hangs takes no more than this of the senders. */
const MAX_RUNNING_A_CHANNEL = 2;
const STOP_WITHIN_MS = 4_000;

/**
 * Sends what is due, at least once: a message is marked before the attempt and after it, so that one whose
 * sender died is taken again when its lease is over. The other side may then see it twice, with the same key.
 */
export class Sender {
  readonly #deps: SenderDeps;
  readonly #running = new Map<Promise<void>, Uuid | undefined>();
  #stopping = new AbortController();
  #timer: Timer | undefined;
  #pump: Promise<void> | undefined;
  #isWanted = false;

  constructor(deps: SenderDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#stopping = new AbortController();
    this.#timer = this.#deps.clock.every(POLL_MS, () => this.wake());
    this.wake();
  }

  /** Waits a little for what is on its way and ends the rest; that is tried again later. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    await this.#pump;
    const deadline = this.#deps.clock.after(STOP_WITHIN_MS, () => this.#stopping.abort());
    await this.idle();
    deadline.cancel();
  }

  /** Looks for work now rather than at the next poll. */
  wake(): void {
    this.#isWanted = true;
    this.#pump ??= this.#takeAll().finally(() => {
      this.#pump = undefined;
      // Somebody woke it after its last look.
      if (this.#isWanted) this.wake();
    });
  }

  /** Resolves when nothing is on its way any more. */
  async idle(): Promise<void> {
    while (this.#pump !== undefined || this.#running.size > 0)
      await Promise.allSettled([this.#pump, ...this.#running.keys()]);
  }

  async #takeAll(): Promise<void> {
    const { clock, log, outbox } = this.#deps;
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        while (this.#timer !== undefined && this.#running.size < MAX_RUNNING) {
          const nowMs = clock.nowMs();
          const delivery = await outbox.take(nowMs, nowMs + LEASE_MS, this.#busyChannels());
          if (delivery === undefined) break;
          this.#run(delivery);
        }
      }
    } catch (error) {
      // The next poll looks again.
      this.#isWanted = false;
      log.warn({ err: error }, "outbox.take_failed");
    }
  }

  #run(delivery: DeliveryRecord): void {
    const work = this.#deliver(delivery)
      .catch((error: unknown) =>
        this.#deps.log.error({ err: error, deliveryId: delivery.id }, "outbox.delivery_broken"),
      )
      .finally(() => {
        this.#running.delete(work);
        if (this.#timer !== undefined) this.wake();
      });
    this.#running.set(work, delivery.channelId);
  }

  #busyChannels(): Uuid[] {
    const counts = new Map<Uuid, number>();
    for (const id of this.#running.values()) {
      if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return [...counts].filter(([, count]) => count >= MAX_RUNNING_A_CHANNEL).map(([id]) => id);
  }

  /** One attempt of a message that was taken. */
  async #deliver(delivery: DeliveryRecord): Promise<void> {
    const { channels, outbox } = this.#deps;
    const { channelId, tenantId } = delivery;
    const channel = channelId === undefined ? undefined : await channels.find(tenantId, channelId);
    if (channel === undefined) {
      await outbox.finish(delivery, "refuse", { error: { code: "channel_deleted" } });
      return;
    }
    if (!channel.enabled) {
      await outbox.finish(delivery, "hold", { error: { code: "channel_off" } });
      return;
    }
    const full = await this.#reserve(delivery, channel);
    if (full !== undefined) {
      await outbox.finish(delivery, "cap", { error: full });
      return;
    }
    await this.#settle(delivery, channel, await this.#attempt(delivery, channel));
  }

  /** A message that a person waits for: one attempt, kept in the outbox; answers why it failed. */
  async sendOnce(delivery: DeliveryRecord, channel: ChannelRecord): Promise<alerts.Failure | undefined> {
    const { clock, outbox } = this.#deps;
    await outbox.insert([delivery]);
    const full = await this.#reserve(delivery, channel);
    if (full !== undefined) {
      await outbox.finish(delivery, "cap", { error: full });
      return full;
    }
    const outcome = await this.#attempt(delivery, channel);
    if (outcome.ok) {
      await outbox.finish(delivery, "accept", { sentMs: clock.nowMs() });
      return undefined;
    }
    const failure = said(outcome);
    await outbox.finish(delivery, "refuse", { error: failure });
    return failure;
  }

  /** A place in the day's limits, once a message; answers why there is none. */
  async #reserve(delivery: DeliveryRecord, channel: ChannelRecord): Promise<alerts.Failure | undefined> {
    if (delivery.counted) return undefined;
    const { caps, clock, outbox } = this.#deps;
    const limits = limitsOf(channel, delivery.recipient, caps);
    const full = await outbox.reserve(delivery.tenantId, delivery.id, dayOf(clock.nowMs()), limits);
    return full === undefined ? undefined : { code: capReason(full) };
  }

  /** Sends once, within the time of an attempt, and keeps the channel's health. */
  async #attempt(delivery: DeliveryRecord, channel: ChannelRecord): Promise<Outcome> {
    const { channels, clock, log, secrets } = this.#deps;
    let settings: alerts.ChannelSettings | undefined;
    let outcome: Outcome;
    try {
      settings = secrets.open(channel.id, channel.sealed);
      outcome = await this.#send(settings, delivery, channel);
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
    log.warn({ channelId: channel.id, deliveryId: delivery.id, code: outcome.code }, "outbox.attempt_failed");
    // Being asked to slow down is no fault of the channel; neither is our own end.
    if (outcome.code !== "rate_limited" && !this.#stopping.signal.aborted)
      await channels.setFailing(channel.id, said(outcome));
    return outcome;
  }

  async #send(
    settings: alerts.ChannelSettings,
    { id, recipient, subject, body, severity }: DeliveryRecord,
    { allowPrivate }: ChannelRecord,
  ): Promise<Outcome> {
    const { attemptMs: timeoutMs = ATTEMPT_MS, clock, random } = this.#deps;
    const ended = new AbortController();
    const signal = AbortSignal.any([ended.signal, this.#stopping.signal]);
    const deadline = clock.after(timeoutMs, () => ended.abort());
    const aborted = new Promise<Outcome>((resolve) => {
      signal.addEventListener("abort", () => resolve({ ok: false, code: "timeout" }), { once: true });
    });
    try {
      const message = { id, to: recipient, subject, body, severity };
      const context = { allowPrivate, nowMs: clock.nowMs(), timeoutMs, random, signal };
      return await Promise.race([pluginOf(settings.kind).send(settings, message, context), aborted]);
    } finally {
      deadline.cancel();
      ended.abort();
    }
  }

  async #settle(delivery: DeliveryRecord, channel: ChannelRecord, outcome: Outcome): Promise<void> {
    const { clock, outbox, random } = this.#deps;
    const nowMs = clock.nowMs();
    if (outcome.ok) {
      const isDone = await outbox.finish(delivery, "accept", { sentMs: nowMs });
      if (isDone) await this.#note(delivery, channel, "notified");
      return;
    }
    const isLast = isPermanent(outcome.code) || delivery.attempts >= MAX_ATTEMPTS;
    if (!isLast) {
      const nextMs = nowMs + waitMs(outcome, retryDelayMs(delivery.attempts, random));
      await outbox.finish(delivery, "fail", { nextMs, error: said(outcome) });
      return;
    }
    const isDone = await outbox.finish(delivery, "refuse", { error: said(outcome) });
    if (isDone) await this.#note(delivery, channel, "delivery_failed");
  }

  async #note(
    delivery: DeliveryRecord,
    { name }: ChannelRecord,
    kind: "notified" | "delivery_failed",
  ): Promise<void> {
    const { clock, trail } = this.#deps;
    if (delivery.alertId === undefined) return;
    await trail.record(delivery.alertId, kind, clock.nowMs(), `${name} (${delivery.recipient})`);
  }
}

/** A failure as people may read it: why, and what the other side said. */
const said = ({ code, detail }: Failure): alerts.Failure =>
  detail === undefined || detail === "" ? { code } : { code, detail };

/** The other side's wish goes before our own schedule when it is longer. */
const waitMs = ({ retryAfterMs = 0 }: Failure, delayMs: number): number => Math.max(retryAfterMs, delayMs);
