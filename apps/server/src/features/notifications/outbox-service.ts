import { AppError, type Clock, isAppError, isUuid, type Uuid } from "@gatehouse/base";
import type { alerts, QueryOf, ReplyOf } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { WordSeal } from "./direct-message.ts";
import type { Outbox } from "./outbox.ts";
import type { OutboxQueryStore } from "./outbox-query-store.ts";
import type { DeliveryRecord, OutboxStore } from "./outbox-store.ts";
import type { Sender } from "./sender.ts";

export interface OutboxService {
  /** With `maySeeSecrets` also the words of messages to people that wait for a channel. */
  list(
    tenantId: Uuid,
    maySeeSecrets: boolean,
    query: QueryOf<typeof alerts.listDeliveries>,
  ): Promise<ReplyOf<typeof alerts.listDeliveries>>;
  /** A message that waited for a channel goes to all that are there now. */
  retry(tenantId: Uuid, deliveryId: Uuid): Promise<alerts.Delivery>;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

export function createOutboxService(deps: {
  readonly deliveries: OutboxStore;
  readonly queries: OutboxQueryStore;
  readonly outbox: Outbox;
  readonly sender: Pick<Sender, "wake">;
  readonly direct: Pick<Sender, "wake">;
  readonly seal: WordSeal;
  readonly clock: Clock;
  readonly audit: AuditTrail;
}): OutboxService {
  const { audit, clock, deliveries, direct, outbox, queries, seal, sender } = deps;

  /** Held because nothing could carry it: somebody has to read it to whom it is for. */
  const reveal = (delivery: DeliveryRecord): alerts.Delivery => {
    const { id, direct: part, state } = delivery;
    if (state !== "held" || part?.sealed === undefined) return toReply(delivery);
    try {
      const { to, subject, text } = seal.open(id, part.sealed);
      return { ...toReply(delivery), to, subject, body: text };
    } catch (error) {
      if (!isAppError(error, "secret.unreadable")) throw error;
      return toReply(delivery);
    }
  };

  /** The messages that one becomes that was held for want of a channel, or kept back in quiet hours. */
  const find = async (delivery: DeliveryRecord): Promise<readonly DeliveryRecord[]> => {
    const { channelId, notice, pushDeviceId, tenantId } = delivery;
    if (notice === undefined || pushDeviceId !== undefined) return [];
    const channels = (await deliveries.channels(tenantId)).filter(
      ({ enabled, id }) => enabled && (channelId === undefined || channelId === id),
    );
    const written = outbox.write(notice, channels, "aloud");
    if (written.length === 0) throw new AppError("channel.not_found");
    return written;
  };

  return {
    async list(tenantId, maySeeSecrets, { state, q, before, limit: asked }) {
      if (before !== undefined && !isUuid(before)) throw new AppError("request.invalid", { field: "before" });
      const limit = Math.min(Math.max(Number(asked ?? DEFAULT_LIMIT), 1), MAX_LIMIT);
      const found = await queries.list(tenantId, {
        limit: limit + 1,
        ...(state === undefined ? {} : { state }),
        ...(q === undefined ? {} : { q }),
        ...(before === undefined ? {} : { beforeId: before }),
      });
      const counts = await queries.countsByState(tenantId);
      const items = found.slice(0, limit).map(maySeeSecrets ? reveal : toReply);
      const last = items.at(-1);
      return found.length > limit && last !== undefined
        ? { items, counts, next: last.id }
        : { items, counts };
    },

    async retry(tenantId, deliveryId) {
      const known = await deliveries.find(tenantId, deliveryId);
      if (known === undefined) throw new AppError("outbox.not_found");
      const [first, ...others] = await find(known);
      const nowMs = clock.nowMs();
      const again = first === undefined ? { nowMs } : { nowMs, to: first };
      const queued = await deliveries.write(async (writing, tx) => {
        const changed = await writing.again(tenantId, deliveryId, again);
        if (changed === undefined) throw new AppError("request.conflict", { state: known.state });
        await writing.insert(others);
        const subject = { kind: "delivery", id: deliveryId };
        await audit.record(tx, { kind: "message.retried", tenantId, subject, data: { before: known.state } });
        return changed;
      });
      sender.wake();
      direct.wake();
      return toReply(queued);
    },
  };
}

function toReply(delivery: DeliveryRecord): alerts.Delivery {
  const { alertId, attempts, body, channelId, channelName, createdMs, error, id } = delivery;
  const { kind, nextMs, recipient, sentMs, state, subject } = delivery;
  const isWaiting = state === "queued" || state === "retrying";
  return {
    id,
    channelName,
    kind,
    to: recipient,
    subject,
    body,
    state,
    attempts,
    createdMs,
    ...(channelId === undefined ? {} : { channelId }),
    ...(isWaiting && nextMs !== undefined ? { nextAttemptMs: nextMs } : {}),
    ...(sentMs === undefined ? {} : { sentMs }),
    ...(error === undefined ? {} : { error }),
    ...(alertId === undefined ? {} : { alertId }),
    ...(delivery.direct === undefined
      ? {}
      : { purpose: delivery.direct.purpose, expiresMs: delivery.direct.expiresMs }),
  };
}
