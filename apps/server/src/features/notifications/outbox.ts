import { type Clock, newUuid, type Random, type Uuid } from "@gatehouse/base";
import type { ChannelRecord } from "./channel-store.ts";
import { isAtLeast } from "./delivery-states.ts";
import { isEnd, type NoticeText, type Place, severityOf, testText, textOf } from "./notice-text.ts";
import type { DeliveryRecord, OutboxStore } from "./outbox-store.ts";
import { pluginOf, SMS_KINDS } from "./plugins/registry.ts";
import type { NotificationSettings, People, Told } from "./ports.ts";
import { type Hush, hushOf } from "./quiet-hours.ts";

export interface OutboxDeps {
  readonly settings: NotificationSettings;
  readonly people: People;
  /** A short link that leads to an event of a camera. */
  eventUrl(this: void, eventId: Uuid): string;
  readonly clock: Clock;
  readonly random: Random;
}

/** Writes messages into the outbox: one row for each channel and recipient, in the words they will be read in. */
export interface Outbox {
  /** In the transaction of `store`: the messages exist if and only if what they tell of does. */
  enqueue(store: OutboxStore, told: Told): Promise<void>;
  /** What is told becomes this for the channels given, nothing for those it is not for; `aloud` in quiet hours too. */
  write(told: Told, channels: readonly ChannelRecord[], aloud?: "aloud"): readonly DeliveryRecord[];
  /** A channel's test messages, one for each recipient. */
  test(channel: ChannelRecord): readonly DeliveryRecord[];
  /** Where and in which language an organisation reads. */
  placeOf(tenantId: Uuid): Place;
}

export function createOutbox({ settings, people, clock, random, eventUrl }: OutboxDeps): Outbox {
  const placeOf = (tenantId: Uuid): Place => ({
    ...settings.get(tenantId),
    publicUrl: settings.publicUrl(),
    eventUrl,
  });

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
        ...common(channel, text),
        recipient,
        ...plugin.render(text),
        ...(channel.enabled
          ? { state: "queued" as const, nextMs: nowMs }
          : { state: "held" as const, error: { code: "channel_off" as const } }),
      };
    });
  };

  const common = (channel: ChannelRecord, { alert, severity }: NoticeText) => ({
    id: newUuid(clock, random),
    tenantId: channel.tenantId,
    channelId: channel.id,
    channelName: channel.name,
    kind: channel.sealed.plain.kind,
    severity,
    attempts: 0,
    counted: false,
    createdMs: clock.nowMs(),
    ...(alert === undefined ? {} : { alertId: alert.id }),
  });

  /** In quiet hours a channel keeps one message, not yet one for each recipient. */
  const keep = (told: Told, channel: ChannelRecord, state: Exclude<Hush, "none">): DeliveryRecord => {
    const text = textOf(told, placeOf(channel.tenantId));
    return {
      ...common(channel, text),
      recipient: "",
      subject: text.subject,
      body: [...text.lines, text.link].join("\n"),
      notice: told,
      state,
      error: { code: "quiet_hours" },
    };
  };

  const write: Outbox["write"] = (told, channels, aloud) => {
    const severity = severityOf(told);
    return channels
      .filter(({ minSeverity }) => told.kind === "morning" || isAtLeast(severity, minSeverity))
      .filter(({ sealed }) => !isEnd(told) || !SMS_KINDS.has(sealed.plain.kind))
      .flatMap((channel) => {
        const { timeZone } = settings.get(channel.tenantId);
        const hush =
          aloud === undefined ? hushOf(channel.quietHours, severity, clock.nowMs(), timeZone) : "none";
        if (hush !== "none") return [keep(told, channel, hush)];
        const written = address((place) => textOf(told, place), channel);
        // Who listens is found when it is sent; each reads it in their own language.
        return channel.sealed.plain.kind === "web_push"
          ? written.map((one) => ({ ...one, notice: told }))
          : written;
      });
  };

  /** With no channel at all a message waits on the outbox page, where people can read it. */
  const hold = (told: Told): DeliveryRecord => {
    const text = textOf(told, placeOf(told.tenantId));
    return {
      id: newUuid(clock, random),
      tenantId: told.tenantId,
      channelName: "",
      kind: "in_app",
      recipient: "",
      subject: text.subject,
      body: [...text.lines, text.link].join("\n"),
      severity: text.severity,
      notice: told,
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
    placeOf,
    test: (channel) => address((place) => testText(channel.name, place), channel),
    async enqueue(store, told) {
      const channels = await store.channels(told.tenantId);
      if (channels.length === 0) {
        if (told.kind !== "repeated" && told.kind !== "morning") await store.insert([hold(told)]);
        return;
      }
      // A rule names its channels; what concerns the installation goes to all.
      const wanted = "channelIds" in told ? new Set(told.channelIds) : undefined;
      const chosen = channels.filter(({ id }) => wanted === undefined || wanted.has(id));
      await store.insert(write(told, chosen, told.kind === "morning" ? "aloud" : undefined));
    },
  };
}
