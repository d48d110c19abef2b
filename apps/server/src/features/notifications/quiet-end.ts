import type { Clock, Logger, UnixMs } from "@gatehouse/base";
import type { ChannelRecord, ChannelStore } from "./channel-store.ts";
import { isAtLeast } from "./delivery-states.ts";
import { severityOf } from "./notice-text.ts";
import type { Outbox } from "./outbox.ts";
import type { DeliveryRecord, OutboxStore } from "./outbox-store.ts";
import type { Announcement, Notice, Told } from "./ports.ts";
import type { PushSpread } from "./push/push-spread.ts";
import { isQuiet } from "./quiet-hours.ts";
import { deferredHeaps, keptBack, sumUp } from "./sum-up-store.ts";
import type { NotificationDatabase } from "./tables.ts";

export interface QuietEndDeps {
  readonly db: NotificationDatabase;
  readonly deliveries: OutboxStore;
  readonly channels: ChannelStore;
  readonly outbox: Outbox;
  readonly spread: PushSpread;
  readonly clock: Clock;
  readonly log: Logger;
}

const LOOK_EVERY_MS = 5_000;
const MAX_LINES = 10;

/** When quiet hours are over, what was kept back becomes one message. A change of the hours counts at once. */
export class QuietEnd {
  readonly #deps: QuietEndDeps;
  #lookedMs: UnixMs = Number.NEGATIVE_INFINITY;

  constructor(deps: QuietEndDeps) {
    this.#deps = deps;
  }

  /** What goes wrong here holds up no other message: the next look tries it again. */
  async look(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    if (Math.abs(nowMs - this.#lookedMs) < LOOK_EVERY_MS) return;
    this.#lookedMs = nowMs;
    try {
      await this.#sumUp();
    } catch (error) {
      this.#deps.log.warn({ err: error }, "outbox.quiet_end_failed");
    }
  }

  async #sumUp(): Promise<void> {
    const { channels, db, deliveries } = this.#deps;
    for (const heap of await deferredHeaps(db)) {
      const { channelId, tenantId } = heap;
      const channel = channelId === undefined ? undefined : await channels.find(tenantId, channelId);
      if (channel !== undefined && (await this.#isQuiet(channel, heap.pushDeviceId))) continue;
      const kept = await keptBack(db, heap);
      const messages = channel === undefined ? [] : await this.#messages(kept, channel, heap.pushDeviceId);
      const nobody = channel === undefined ? "channel_deleted" : "no_subscriber";
      await deliveries.write(async (writing, tx) => {
        if (await sumUp(tx, kept, messages.length === 0 ? nobody : undefined)) await writing.insert(messages);
      });
    }
  }

  async #isQuiet(channel: ChannelRecord, pushDeviceId: string | undefined): Promise<boolean> {
    const { clock, outbox, spread } = this.#deps;
    const { timeZone } = outbox.placeOf(channel.tenantId);
    const own =
      pushDeviceId === undefined
        ? channel.quietHours
        : await spread.quietHoursOf(channel.tenantId, pushDeviceId);
    return isQuiet(own, clock.nowMs(), timeZone);
  }

  async #messages(
    kept: readonly DeliveryRecord[],
    channel: ChannelRecord,
    pushDeviceId: string | undefined,
  ): Promise<readonly DeliveryRecord[]> {
    const told = summaryOf(kept);
    if (told === undefined) return [];
    const { outbox, spread } = this.#deps;
    if (pushDeviceId !== undefined) return spread.summary(told, channel, pushDeviceId);
    return outbox.write(told, [channel], "aloud");
  }
}

/** One message is told as it is, several in one. */
function summaryOf(kept: readonly DeliveryRecord[]): Told | undefined {
  const told = kept.flatMap(({ notice }) => (notice === undefined ? [] : [notice]));
  const [first] = told;
  if (first === undefined || told.length === 1) return first;
  const severities = told.map(severityOf);
  const severity = severities.reduce((most, one) => (isAtLeast(one, most) ? one : most));
  const notices = told.filter(
    (one): one is Notice | Announcement => one.kind !== "summed" && one.kind !== "morning",
  );
  return {
    tenantId: first.tenantId,
    kind: "summed",
    severity,
    notices: notices.slice(0, MAX_LINES),
    count: told.length,
  };
}
