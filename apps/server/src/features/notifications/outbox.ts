import { type Clock, newUuid, type Random, type Uuid } from "@gatehouse/base";
import type { ChannelRecord } from "./channel-store.ts";
import { isAtLeast } from "./delivery-states.ts";
import {
  announcementText,
  isEnd,
  type NoticeText,
  noticeText,
  type Place,
  severityOf,
  testText,
} from "./notice-text.ts";
import type { DeliveryRecord, OutboxStore } from "./outbox-store.ts";
import { pluginOf, SMS_KINDS } from "./plugins/registry.ts";
import type { Announcement, Notice, NotificationSettings, People } from "./ports.ts";

export interface OutboxDeps {
  readonly settings: NotificationSettings;
  readonly people: People;
  readonly clock: Clock;
  readonly random: Random;
}

/** Writes messages into the outbox: one row for each channel and recipient, in the words they will be read in. */
export interface Outbox {
  /** In the transaction of `store`: the messages exist if and only if what they tell of does. */
  enqueue(store: OutboxStore, notice: Notice | Announcement): Promise<void>;
  /** What a notice becomes for the channels given, nothing for those it is not for. */
  write(notice: Notice | Announcement, channels: readonly ChannelRecord[]): readonly DeliveryRecord[];
  /** A channel's test messages, one for each recipient. */
  test(channel: ChannelRecord): readonly DeliveryRecord[];
}

export function createOutbox({ settings, people, clock, random }: OutboxDeps): Outbox {
  const placeOf = (tenantId: Uuid): Place => ({ ...settings.get(tenantId), publicUrl: settings.publicUrl() });

  /** Somebody with an account here is written to in the language of that account. */
  const placeOfReader = ({ tenantId, sealed }: ChannelRecord, recipient: string): Place => {
    const place = placeOf(tenantId);
    const own = sealed.plain.kind === "email" ? people.languageOf(tenantId, recipient) : undefined;
    return own === undefined ? place : { ...place, language: own };
  };

  /** One channel's messages of a text, one for each recipient. */
  const address = (
    textFor: (place: Place) => NoticeText,
    channel: ChannelRecord,
  ): readonly DeliveryRecord[] => {
    const plugin = pluginOf(channel.sealed.plain.kind);
    const nowMs = clock.nowMs();
    return plugin.recipients(channel.sealed.plain).map((recipient) => {
      const text = textFor(placeOfReader(channel, recipient));
      return {
        id: newUuid(clock, random),
        tenantId: channel.tenantId,
        channelId: channel.id,
        channelName: channel.name,
        kind: channel.sealed.plain.kind,
        recipient,
        ...plugin.render(text),
        severity: text.severity,
        attempts: 0,
        counted: false,
        createdMs: nowMs,
        ...(text.alert === undefined ? {} : { alertId: text.alert.id }),
        ...(channel.enabled
          ? { state: "queued" as const, nextMs: nowMs }
          : { state: "held" as const, error: { code: "channel_off" as const } }),
      };
    });
  };

  const textOf = (notice: Notice | Announcement, place: Place): NoticeText =>
    notice.kind === "announced" ? announcementText(notice, place) : noticeText(notice, place);

  const write = (
    notice: Notice | Announcement,
    channels: readonly ChannelRecord[],
  ): readonly DeliveryRecord[] =>
    channels
      .filter(({ minSeverity }) => isAtLeast(severityOf(notice), minSeverity))
      .filter(({ sealed }) => !isEnd(notice) || !SMS_KINDS.has(sealed.plain.kind))
      .flatMap((channel) => address((place) => textOf(notice, place), channel));

  /** With no channel at all a message waits on the outbox page, where people can read it. */
  const hold = (notice: Notice | Announcement): DeliveryRecord => {
    const text = textOf(notice, placeOf(notice.tenantId));
    return {
      id: newUuid(clock, random),
      tenantId: notice.tenantId,
      channelName: "",
      kind: "in_app",
      recipient: "",
      subject: text.subject,
      body: [...text.lines, text.link].join("\n"),
      severity: text.severity,
      notice,
      ...(text.alert === undefined ? {} : { alertId: text.alert.id }),
      state: "held",
      attempts: 0,
      counted: false,
      createdMs: clock.nowMs(),
      error: { code: "no_channel" },
    };
  };

  return {
    write,
    test: (channel) => address((place) => testText(channel.name, channel.id, place), channel),
    async enqueue(store, notice) {
      const channels = await store.channels(notice.tenantId);
      if (channels.length === 0) {
        if (notice.kind !== "repeated") await store.insert([hold(notice)]);
        return;
      }
      // A rule names its channels; what concerns the installation goes to all.
      const wanted = notice.kind === "announced" ? undefined : new Set(notice.channelIds);
      const chosen = channels.filter(({ id }) => wanted === undefined || wanted.has(id));
      await store.insert(write(notice, chosen));
    },
  };
}
