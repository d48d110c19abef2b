import { AppError, type Clock, isAppError, newUuid, type Random, type Uuid } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import { waitTurn } from "../../platform/database/index.ts";
import { dayOf } from "./caps.ts";
import { type ChannelSecrets, keepSecrets } from "./channel-secrets.ts";
import type { ChannelRecord, ChannelStore } from "./channel-store.ts";
import { LEASE_MS } from "./delivery-states.ts";
import type { Outbox } from "./outbox.ts";
import type { OutboxQueryStore } from "./outbox-query-store.ts";
import { resolveTarget } from "./plugins/pinned-socket.ts";
import { refuseChannel } from "./plugins/refuse.ts";
import { pluginOf } from "./plugins/registry.ts";
import type { PushSpread } from "./push/push-spread.ts";
import { assertQuietHours } from "./quiet-hours.ts";
import type { Sender } from "./sender.ts";
import type { NotificationDatabase } from "./tables.ts";

export interface ChannelServiceDeps {
  readonly channels: ChannelStore;
  readonly queries: OutboxQueryStore;
  readonly outbox: Outbox;
  readonly sender: Sender;
  readonly spread: Pick<PushSpread, "tests">;
  readonly secrets: ChannelSecrets;
  readonly clock: Clock;
  readonly random: Random;
  readonly audit: AuditTrail;
}

export interface ChannelService {
  list(tenantId: Uuid): Promise<alerts.Channel[]>;
  create(tenantId: Uuid, body: alerts.ChannelBody): Promise<alerts.Channel>;
  update(tenantId: Uuid, channelId: Uuid, body: alerts.ChannelBody): Promise<alerts.Channel>;
  remove(tenantId: Uuid, channelId: Uuid): Promise<void>;
  /** Sends to every recipient now, and says what the first that failed said. */
  test(tenantId: Uuid, channelId: Uuid): Promise<{ ok: boolean; failure?: alerts.Failure }>;
}

const MAX_CHANNELS = 100;

export function createChannelService(deps: ChannelServiceDeps): ChannelService {
  const { audit, channels, clock, outbox, queries, random, secrets, sender, spread } = deps;

  const get = async (tenantId: Uuid, channelId: Uuid): Promise<ChannelRecord> => {
    const channel = await channels.find(tenantId, channelId);
    if (channel === undefined) throw new AppError("channel.not_found");
    return channel;
  };

  const record = (
    change: "created" | "changed" | "removed" | "tested",
    { id, tenantId, name, enabled, sealed }: ChannelRecord,
    act: (writing: ChannelStore, tx: NotificationDatabase) => Promise<void> = async () => undefined,
  ): Promise<void> =>
    channels.write(async (writing, tx) => {
      await act(writing, tx);
      await audit.record(tx, {
        kind: `notification_channel.${change}`,
        tenantId,
        subject: { kind: "notification_channel", id },
        data: { name, medium: sealed.plain.kind, enabled },
      });
    });

  const toReply = async (channel: ChannelRecord): Promise<alerts.Channel> => {
    const sent = await queries.sentToday(channel.tenantId, dayOf(clock.nowMs()));
    return replyOf(channel, sent.get(channel.id) ?? 0);
  };

  return {
    async list(tenantId) {
      const sent = await queries.sentToday(tenantId, dayOf(clock.nowMs()));
      return (await channels.list(tenantId)).map((channel) => replyOf(channel, sent.get(channel.id) ?? 0));
    },

    async create(tenantId, { settings, ...body }) {
      await assertSettings(settings, body.allowPrivate);
      assertStorable("name", body.name);
      assertQuietHours(body.quietHours, "channel.invalid");
      const nowMs = clock.nowMs();
      const id = newUuid(clock, random);
      const channel: ChannelRecord = {
        ...body,
        id,
        tenantId,
        sealed: secrets.seal(id, settings),
        health: "untested",
        createdMs: nowMs,
        updatedMs: nowMs,
      };
      await record("created", channel, async (writing, tx) => {
        await waitTurn(tx, "channels", tenantId);
        if ((await writing.list(tenantId)).length >= MAX_CHANNELS)
          throw new AppError("limit.reached", { limit: "channels", max: MAX_CHANNELS });
        await writing.insert(channel);
      });
      return toReply(channel);
    },

    async update(tenantId, channelId, { settings: asked, ...body }) {
      const known = await get(tenantId, channelId);
      const stored = openOrPlain(secrets, known);
      const settings = keepSecrets(asked, stored);
      await assertSettings(settings, body.allowPrivate);
      assertStorable("name", body.name);
      assertQuietHours(body.quietHours, "channel.invalid");
      const isSame =
        JSON.stringify(settings) === JSON.stringify(stored) && body.allowPrivate === known.allowPrivate;
      const { lastError, quietHours: _, ...rest } = known;
      const channel: ChannelRecord = {
        ...rest,
        ...(isSame ? (lastError === undefined ? {} : { lastError }) : { health: "untested" as const }),
        ...body,
        sealed: secrets.seal(channelId, settings),
        updatedMs: Math.max(clock.nowMs(), known.updatedMs + 1),
      };
      await record("changed", channel, async (writing) => {
        if (!(await writing.update(channel))) throw new AppError("channel.not_found");
      });
      return toReply(channel);
    },

    async remove(tenantId, channelId) {
      await record("removed", await get(tenantId, channelId), async (writing) => {
        if (!(await writing.remove(tenantId, channelId))) throw new AppError("channel.not_found");
      });
    },

    async test(tenantId, channelId) {
      const channel = await get(tenantId, channelId);
      await record("tested", channel);
      const leaseMs = clock.nowMs() + LEASE_MS;
      const written =
        channel.sealed.plain.kind === "web_push"
          ? await spread.tests(channel)
          : outbox.test({ ...channel, enabled: true });
      if (written.length === 0) return { ok: false, failure: { code: "no_subscriber" } };
      const tests = written.map((delivery) => ({
        ...delivery,
        state: "sending" as const,
        attempts: 1,
        nextMs: leaseMs,
      }));
      const failures = await Promise.all(tests.map((delivery) => sender.sendOnce(delivery, channel)));
      const failure = failures.find((one) => one !== undefined);
      return failure === undefined ? { ok: true } : { ok: false, failure };
    },
  };
}

async function assertSettings(settings: alerts.ChannelSettings, allowPrivate: boolean): Promise<void> {
  for (const [field, value] of Object.entries(settings)) assertStorable(field, value);
  const plugin = pluginOf(settings.kind);
  plugin.check(settings, { allowPrivate });
  const target = plugin.target(settings);
  if (target === undefined) return;
  try {
    await resolveTarget(target, allowPrivate);
  } catch (error) {
    // A name that is not known at the moment may be known when a message is due.
    if (!isAppError(error, "url.unreachable")) throw error;
  }
}

/** Half a surrogate pair and the NUL character cannot be stored. */
function assertStorable(field: string, value: unknown): void {
  const text = JSON.stringify(value);
  if (/\\u0000|\\ud[89a-f][0-9a-f]{2}/i.test(text))
    refuseChannel(field, "holds a character that cannot be stored");
}

/** When the installation's key is another one, people can still enter everything anew. */
function openOrPlain(secrets: ChannelSecrets, { id, sealed }: ChannelRecord): alerts.ChannelSettings {
  try {
    return secrets.open(id, sealed);
  } catch (error) {
    if (!isAppError(error, "secret.unreadable")) throw error;
    return sealed.plain;
  }
}

function replyOf(channel: ChannelRecord, sentToday: number): alerts.Channel {
  const { createdMs: _1, sealed, tenantId: _2, ...rest } = channel;
  return { ...rest, settings: sealed.plain, sentToday };
}
