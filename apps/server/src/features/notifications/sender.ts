import type { Uuid } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import { type AttemptDeps, attempt, blame, said, waitMs } from "./attempt.ts";
import { type Caps, capReason, dayOf, limitsOf } from "./caps.ts";
import type { ChannelRecord } from "./channel-store.ts";
import { LEASE_MS, MAX_ATTEMPTS, retryDelayMs } from "./delivery-states.ts";
import { pictureFor } from "./message-picture.ts";
import type { DeliveryRecord, OutboxStore } from "./outbox-store.ts";
import { isPermanent, type Outcome, type OutgoingMessage } from "./plugins/notifier-plugin.ts";
import type { AlertPictures, AlertTrail } from "./ports.ts";
import { Pump } from "./pump.ts";
import type { PushPost } from "./push/push-post.ts";
import type { PushSpread } from "./push/push-spread.ts";
import type { QuietEnd } from "./quiet-end.ts";

export interface SenderDeps extends AttemptDeps {
  readonly outbox: OutboxStore;
  readonly trail: AlertTrail;
  readonly caps: Caps;
  readonly pictures: AlertPictures;
  readonly quietEnd: Pick<QuietEnd, "look">;
  readonly spread: Pick<PushSpread, "spread">;
  readonly post: PushPost;
}

/** A channel that hangs takes no more than this of the senders. */
const MAX_RUNNING_A_CHANNEL = 2;

/**
 * Sends what is due, at least once: a message is marked before the attempt and after it, so that one whose
 * sender died is taken again when its lease is over. The other side may then see it twice, with the same key.
 */
export class Sender {
  readonly #deps: SenderDeps;
  readonly #pump: Pump<DeliveryRecord>;

  constructor(deps: SenderDeps) {
    this.#deps = deps;
    this.#pump = new Pump({
      clock: deps.clock,
      log: deps.log,
      take: async (busy) => {
        await deps.quietEnd.look();
        const nowMs = deps.clock.nowMs();
        const full = [...busy].filter(([, count]) => count >= MAX_RUNNING_A_CHANNEL).map(([id]) => id);
        return deps.outbox.take("alerts", nowMs, nowMs + LEASE_MS, full);
      },
      keyOf: ({ channelId }): Uuid | undefined => channelId,
      run: (delivery) => this.#deliver(delivery),
    });
  }

  start(): void {
    this.#pump.start();
  }

  stop(): Promise<void> {
    return this.#pump.stop();
  }

  wake(): void {
    this.#pump.wake();
  }

  idle(): Promise<void> {
    return this.#pump.idle();
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
    if (channel.sealed.plain.kind === "web_push" && delivery.pushDeviceId === undefined) {
      await this.#deps.spread.spread(delivery, channel);
      this.wake();
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
    const limits = limitsOf(channel, delivery.pushDeviceId ?? delivery.recipient, caps);
    const full = await outbox.reserve(delivery.tenantId, delivery.id, dayOf(clock.nowMs()), limits);
    return full === undefined ? undefined : { code: capReason(full) };
  }

  async #attempt(
    { alertId, createdMs, id, tenantId, recipient, subject, body, severity, pushDeviceId }: DeliveryRecord,
    channel: ChannelRecord,
  ): Promise<Outcome> {
    const { stopping } = this.#pump;
    const message = { id, to: recipient, subject, body, severity, atMs: createdMs };
    if (pushDeviceId !== undefined) return this.#push({ ...message, pushDeviceId }, channel, tenantId);
    const picture = await pictureFor(this.#deps, alertId, channel);
    const outcome = await attempt(this.#deps, { ...message, ...picture }, channel, stopping);
    if (!outcome.ok) await blame(this.#deps, channel, outcome, stopping);
    return outcome;
  }

  /** To a browser: that one is gone says nothing about the channel. */
  async #push(
    { pushDeviceId, ...message }: OutgoingMessage & { readonly pushDeviceId: Uuid },
    channel: ChannelRecord,
    tenantId: Uuid,
  ): Promise<Outcome> {
    const { post } = this.#deps;
    const { stopping } = this.#pump;
    const address = await post.addressOf(tenantId, pushDeviceId);
    if (address === undefined) return { ok: false, code: "target_gone" };
    const push = { ...message, ...address };
    const outcome = await attempt(this.#deps, push, channel, stopping);
    await post.note(pushDeviceId, outcome);
    if (!outcome.ok && outcome.code !== "target_gone") await blame(this.#deps, channel, outcome, stopping);
    return outcome;
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
