import { type Clock, newUuid, type Random, type Uuid } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import type { ChannelRecord } from "../channel-store.ts";
import { isAtLeast } from "../delivery-states.ts";
import { type NoticeText, type Place, severityOf, testText, textOf } from "../notice-text.ts";
import type { Outbox } from "../outbox.ts";
import type { DeliveryRecord, OutboxStore } from "../outbox-store.ts";
import { webPush } from "../plugins/web-push.ts";
import type { Listener, PushAudience, Told } from "../ports.ts";
import { type Hush, hushOf } from "../quiet-hours.ts";
import type { PushDeviceRecord, PushStore } from "./push-store.ts";

export interface SpreadDeps {
  readonly store: PushStore;
  readonly outbox: Outbox;
  readonly deliveries: OutboxStore;
  readonly audience: PushAudience;
  readonly clock: Clock;
  readonly random: Random;
}

/** Makes of a channel's message one for each browser that listens. */
export interface PushSpread {
  /** A message that was taken: it is done when those of the browsers are written, in one transaction. */
  spread(delivery: DeliveryRecord, channel: ChannelRecord): Promise<void>;
  /** A channel's test messages. */
  tests(channel: ChannelRecord): Promise<readonly DeliveryRecord[]>;
  /** What was kept back for one browser, as one message; nothing where nobody listens there any more. */
  summary(told: Told, channel: ChannelRecord, deviceId: Uuid): Promise<readonly DeliveryRecord[]>;
  /** Hours of the person in whose browser it would be read. */
  quietHoursOf(tenantId: Uuid, deviceId: Uuid): Promise<alerts.QuietHours | undefined>;
}

interface Reader {
  readonly device: PushDeviceRecord;
  readonly name: string;
  readonly place: Place;
}

const DEFAULT_CHOICES: alerts.PushChoices = { minSeverity: "info" };

export function createPushSpread(deps: SpreadDeps): PushSpread {
  const { audience, clock, deliveries, outbox, random, store } = deps;

  /** Of these browsers the ones whose people may hear it, with where and in which language they read. */
  const readersOf = async (
    tenantId: Uuid,
    devices: readonly PushDeviceRecord[],
    deviceId: Uuid | undefined,
  ): Promise<readonly Reader[]> => {
    const listeners: Listener[] = devices.map(({ personId, sessionId }) => ({ personId, sessionId }));
    const heard = await audience.mayHear(tenantId, listeners, deviceId);
    const place = outbox.placeOf(tenantId);
    return devices.flatMap((device) => {
      const person = heard.get(device.sessionId);
      return person === undefined
        ? []
        : [{ device, name: person.name, place: { ...place, language: person.language } }];
    });
  };

  const written = (
    text: NoticeText,
    { device, name }: Reader,
    channel: ChannelRecord,
    hush: Hush = "none",
  ): DeliveryRecord => ({
    id: newUuid(clock, random),
    tenantId: channel.tenantId,
    channelId: channel.id,
    channelName: channel.name,
    kind: webPush.kind,
    recipient: `${name} (${device.label})`,
    ...webPush.render(text),
    severity: text.severity,
    attempts: 0,
    counted: false,
    createdMs: clock.nowMs(),
    pushDeviceId: device.id,
    ...(text.alert === undefined ? {} : { alertId: text.alert.id }),
    ...(hush === "none"
      ? { state: "queued", nextMs: clock.nowMs() }
      : { state: hush, error: { code: "quiet_hours" } }),
  });

  const choicesOf = async (tenantId: Uuid, personIds: readonly Uuid[]) => {
    const known = await store.choices(tenantId, personIds);
    return (personId: Uuid): alerts.PushChoices => known.get(personId) ?? DEFAULT_CHOICES;
  };

  const subscribersOf = ({ tenantId, sealed }: ChannelRecord) =>
    store.ofAudience(tenantId, sealed.plain.kind === "web_push" ? sealed.plain.personIds : []);

  return {
    async spread(delivery, channel) {
      const { notice: told, tenantId } = delivery;
      const devices = await subscribersOf(channel);
      if (told === undefined || devices.length === 0) {
        await deliveries.finish(delivery, "refuse", { error: { code: "no_subscriber" } });
        return;
      }
      const choices = await choicesOf(
        tenantId,
        devices.map(({ personId }) => personId),
      );
      const severity = severityOf(told);
      const readers = (await readersOf(tenantId, devices, aboutOf(told))).filter(({ device }) =>
        isAtLeast(severity, choices(device.personId).minSeverity),
      );
      const messages = readers.map((reader) => {
        const { quietHours } = choices(reader.device.personId);
        const hush = hushOf(quietHours, severity, clock.nowMs(), outbox.placeOf(tenantId).timeZone);
        const message = written(textOf(told, reader.place), reader, channel, hush);
        return hush === "deferred" ? { ...message, notice: told } : message;
      });
      await deliveries.write(async (writing) => {
        // Nothing is written twice: whoever took it since spreads it.
        if (await writing.finish(delivery, "accept", { sentMs: clock.nowMs() }))
          await writing.insert(messages);
      });
    },
    async tests(channel) {
      const readers = await readersOf(channel.tenantId, await subscribersOf(channel), undefined);
      return readers.map((reader) => written(testText(channel.name, reader.place), reader, channel));
    },
    async summary(told, channel, deviceId) {
      const device = await store.find(channel.tenantId, deviceId);
      if (device === undefined) return [];
      const readers = await readersOf(channel.tenantId, [device], aboutOf(told));
      return readers.map((reader) => written(textOf(told, reader.place), reader, channel));
    },
    async quietHoursOf(tenantId, deviceId) {
      const device = await store.find(tenantId, deviceId);
      if (device === undefined) return undefined;
      return (await choicesOf(tenantId, [device.personId]))(device.personId).quietHours;
    },
  };
}

/** The device that a message is about; of several, whoever may hear of each has been asked already. */
function aboutOf(told: Told): Uuid | undefined {
  if (told.kind === "summed") {
    const [first] = told.notices;
    return first === undefined ? undefined : aboutOf(first);
  }
  return told.kind === "announced" || told.kind === "morning" ? undefined : told.alert.deviceId;
}
