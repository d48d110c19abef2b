import type { Clock, Random, UnixMs } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import { type AttemptDeps, attempt, blame, said, waitMs } from "./attempt.ts";
import { dayOf } from "./caps.ts";
import type { ChannelRecord } from "./channel-store.ts";
import { LEASE_MS } from "./delivery-states.ts";
import {
  type DirectCaps,
  directDelayMs,
  directLimits,
  type Medium,
  maskRecipient,
  type WordSeal,
  type Words,
} from "./direct-message.ts";
import type { DirectStore } from "./direct-store.ts";
import type { DeliveryRecord, DirectPart, OutboxStore } from "./outbox-store.ts";
import { SMS_KINDS } from "./plugins/registry.ts";
import { Pump } from "./pump.ts";

export interface DirectSenderDeps extends AttemptDeps {
  readonly outbox: OutboxStore;
  readonly direct: DirectStore;
  readonly seal: WordSeal;
  readonly clock: Clock;
  readonly random: Random;
  caps(tenantId: string, medium: Medium): DirectCaps;
}

type Direct = DeliveryRecord & { readonly direct: DirectPart & { readonly sealed: Uint8Array } };

const EXPIRE_EVERY_MS = 5_000;
const DAY_MS = 86_400_000;

/**
 * Sends messages to people by the channels of their tenant, with senders of its own: alerts that pile up, or whose
 * channel hangs, keep nobody from their code. A failure goes to the next channel of the medium at once; when all
 * have failed it waits a little, until the message is worthless.
 */
export class DirectSender {
  readonly #deps: DirectSenderDeps;
  readonly #pump: Pump<DeliveryRecord>;
  readonly #capped = { email: 0, sms: 0 };
  #expireAtMs: UnixMs = 0;

  constructor(deps: DirectSenderDeps) {
    this.#deps = deps;
    this.#pump = new Pump({
      clock: deps.clock,
      log: deps.log,
      take: () => this.#take(),
      keyOf: () => undefined,
      run: (delivery) => this.#deliver(delivery),
    });
  }

  /** Times since start that a message was not sent because a day's limit was used up. */
  get capped(): Readonly<Record<Medium, number>> {
    return this.#capped;
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

  async #take(): Promise<DeliveryRecord | undefined> {
    const { clock, direct, outbox } = this.#deps;
    const nowMs = clock.nowMs();
    if (nowMs >= this.#expireAtMs) {
      this.#expireAtMs = nowMs + EXPIRE_EVERY_MS;
      await direct.expire(nowMs);
    }
    return outbox.take("direct", nowMs, nowMs + LEASE_MS, []);
  }

  async #deliver(delivery: DeliveryRecord): Promise<void> {
    const { clock, outbox } = this.#deps;
    if (!isSealed(delivery)) return;
    if (clock.nowMs() >= delivery.direct.expiresMs) {
      await outbox.finish(delivery, "expire", {});
      return;
    }
    const channels = await this.#channelsFor(delivery);
    const well = channels.filter(({ health }) => health !== "failing");
    const channel = well[0] ?? channels[(delivery.attempts - 1) % channels.length];
    if (channel === undefined) {
      await outbox.finish(delivery, "hold", { error: { code: "no_channel" } });
      return;
    }
    const words = this.#deps.seal.open(delivery.id, delivery.direct.sealed);
    const full = await this.#reserve(delivery, words);
    if (full !== undefined) {
      const tomorrowMs = (Math.floor(clock.nowMs() / DAY_MS) + 1) * DAY_MS;
      const isGoodThen = tomorrowMs < delivery.direct.expiresMs;
      if (isGoodThen) await outbox.finish(delivery, "fail", { nextMs: tomorrowMs, error: full });
      else await outbox.finish(delivery, "cap", { error: full });
      return;
    }
    await this.#send(delivery, words, channel, well.length > 1);
  }

  async #channelsFor({ tenantId, direct: { medium } }: Direct): Promise<readonly ChannelRecord[]> {
    return (await this.#deps.channels.list(tenantId)).filter(
      ({ enabled, sealed }) => enabled && mediumOf(sealed.plain.kind) === medium,
    );
  }

  async #reserve(delivery: Direct, { to }: Words): Promise<alerts.Failure | undefined> {
    if (delivery.counted) return undefined;
    const { caps, clock, direct, seal } = this.#deps;
    const { tenantId } = delivery;
    const limits = directLimits(
      { ...delivery.direct, tenantId },
      seal.nameOf(to),
      caps(tenantId, delivery.direct.medium),
    );
    const full = await direct.reserve(delivery.id, dayOf(clock.nowMs()), limits);
    if (full === undefined) return undefined;
    this.#capped[delivery.direct.medium]++;
    this.#deps.log.warn({ tenantId, purpose: delivery.direct.purpose }, "messenger.capped");
    return { code: full.includes("/person/") ? "cap_recipient" : "cap_kind" };
  }

  async #send(delivery: Direct, words: Words, channel: ChannelRecord, hasAnother: boolean): Promise<void> {
    const { clock, outbox } = this.#deps;
    const { stopping } = this.#pump;
    const { id, severity, attempts } = delivery;
    const message = { id, to: words.to, subject: words.subject, body: words.text, severity };
    const outcome = await attempt(this.#deps, message, channel, stopping);
    const nowMs = clock.nowMs();
    if (outcome.ok) {
      await outbox.finish(delivery, "accept", { sentMs: nowMs });
      return;
    }
    const failure = { ...outcome, ...withoutRecipient(outcome.detail, words.to) };
    if (failure.code === "recipient_refused") {
      await outbox.finish(delivery, "refuse", { error: said(failure) });
      return;
    }
    await blame(this.#deps, channel, failure, stopping);
    // The one that failed is not well any more, so the next attempt takes another.
    const isOnAtOnce = hasAnother && failure.code !== "rate_limited";
    const nextMs = nowMs + (isOnAtOnce ? 0 : waitMs(failure, directDelayMs(attempts)));
    if (nextMs >= delivery.direct.expiresMs)
      await outbox.finish(delivery, "refuse", { error: said(failure) });
    else await outbox.finish(delivery, "fail", { nextMs, error: said(failure) });
  }
}

const isSealed = (delivery: DeliveryRecord): delivery is Direct => delivery.direct?.sealed !== undefined;

const mediumOf = (kind: string): Medium | undefined => {
  if (kind === "email") return "email";
  return SMS_KINDS.has(kind) ? "sms" : undefined;
};

const withoutRecipient = (detail: string | undefined, to: string): { readonly detail?: string } =>
  detail === undefined ? {} : { detail: detail.replaceAll(to, maskRecipient(to)) };
