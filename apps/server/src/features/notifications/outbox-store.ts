import type { UnixMs, Uuid } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import { type Selectable, sql } from "kysely";
import { type ChannelRecord, toChannel } from "./channel-store.ts";
import {
  DELIVERY_TRANSITIONS,
  type DeliveryEvent,
  type DeliveryState,
  statesBefore,
} from "./delivery-states.ts";
import type { Medium, MessageClass } from "./direct-message.ts";
import { storedFailure } from "./failure.ts";
import type { Told } from "./ports.ts";
import type { CallerTransaction, DeliveriesTable, NotificationDatabase } from "./tables.ts";

/** What a message to a person has beside others; `sealed` is gone once it was sent or is worthless. */
export interface DirectPart {
  readonly medium: Medium;
  readonly purpose: string;
  readonly class: MessageClass;
  readonly expiresMs: UnixMs;
  readonly sealed?: Uint8Array;
}

/** A message to one recipient, as it is stored. */
export interface DeliveryRecord {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly channelId?: Uuid;
  readonly channelName: string;
  readonly kind: string;
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
  readonly severity: alerts.Severity;
  /** What it was written from, where that is still needed. */
  readonly notice?: Told;
  readonly alertId?: Uuid;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly counted: boolean;
  readonly createdMs: UnixMs;
  readonly nextMs?: UnixMs;
  readonly sentMs?: UnixMs;
  readonly error?: alerts.Failure;
  readonly direct?: DirectPart;
  readonly pushDeviceId?: Uuid;
}

/** A limit of one day: `scope` is what is counted, `cap` how many. */
export interface DayLimit {
  readonly scope: string;
  readonly cap: number;
}

export interface OutboxStore {
  /** All of it or nothing. */
  write<T>(work: (outbox: OutboxStore, tx: NotificationDatabase) => Promise<T>): Promise<T>;
  /** Channels a message is written for; they stay until the transaction ends. */
  channels(tenantId: Uuid): Promise<readonly ChannelRecord[]>;
  insert(deliveries: readonly DeliveryRecord[]): Promise<void>;
  find(tenantId: Uuid, deliveryId: Uuid): Promise<DeliveryRecord | undefined>;
  /** One message that is due, marked as being sent until `leaseMs`; passes over busy channels. */
  take(
    which: "alerts" | "direct",
    nowMs: UnixMs,
    leaseMs: UnixMs,
    busyChannels: readonly Uuid[],
  ): Promise<DeliveryRecord | undefined>;
  /** Takes one place in every limit, or none and names the scope that is full. */
  reserve(
    tenantId: Uuid,
    deliveryId: Uuid,
    day: string,
    limits: readonly DayLimit[],
  ): Promise<string | undefined>;
  /** What became of an attempt; without effect when another attempt was begun since. */
  finish(delivery: DeliveryRecord, event: DeliveryEvent, change: FinishChange): Promise<boolean>;
  /** Queues a message anew, with all its attempts and a place in the caps of that day; undefined = not possible. */
  again(tenantId: Uuid, deliveryId: Uuid, change: AgainChange): Promise<DeliveryRecord | undefined>;
}

export interface FinishChange {
  readonly nextMs?: UnixMs;
  readonly sentMs?: UnixMs;
  readonly error?: alerts.Failure;
}

/** `to` replaces what a message without a channel had. */
export interface AgainChange {
  readonly nowMs: UnixMs;
  readonly to?: Pick<DeliveryRecord, "channelId" | "channelName" | "kind" | "recipient" | "subject" | "body">;
}

/** States in which the words of a message to a person are not needed any more. */
const WIPED: ReadonlySet<DeliveryState> = new Set(["sent", "dead", "capped", "expired"]);

/** The outbox inside another feature's transaction. */
export const outboxStoreIn = <Tables>(tx: CallerTransaction<Tables>): OutboxStore =>
  createOutboxStore(tx as unknown as NotificationDatabase);

export function createOutboxStore(db: NotificationDatabase): OutboxStore {
  return {
    write: (work) => db.transaction().execute((tx) => work(createOutboxStore(tx), tx)),
    async channels(tenantId) {
      const rows = await db
        .selectFrom("channels")
        .selectAll()
        .where("tenant_id", "=", tenantId)
        .orderBy("created_at")
        .orderBy("id")
        .forKeyShare()
        .execute();
      return rows.map(toChannel);
    },
    async insert(deliveries) {
      if (deliveries.length === 0) return;
      await db.insertInto("deliveries").values(deliveries.map(toRow)).execute();
    },
    async find(tenantId, deliveryId) {
      const row = await db
        .selectFrom("deliveries")
        .selectAll()
        .where("tenant_id", "=", tenantId)
        .where("id", "=", deliveryId)
        .executeTakeFirst();
      return row === undefined ? undefined : toDelivery(row);
    },
    async take(which, nowMs, leaseMs, busyChannels) {
      const row = await db
        .with("due", (due) =>
          due
            .selectFrom("deliveries")
            .select("id")
            .where("next_at", "<=", new Date(nowMs))
            .where("state", "in", statesBefore("take"))
            .where("medium", which === "direct" ? "is not" : "is", null)
            .where(sql<boolean>`(channel_id is null or channel_id <> all(${[...busyChannels]}::uuid[]))`)
            .orderBy("next_at")
            .limit(1)
            .forUpdate()
            .skipLocked(),
        )
        .updateTable("deliveries")
        .from("due")
        .set({ state: "sending", attempts: sql`attempts + 1`, next_at: new Date(leaseMs) })
        .whereRef("deliveries.id", "=", "due.id")
        .returningAll("deliveries")
        .executeTakeFirst();
      return row === undefined ? undefined : toDelivery(row);
    },
    async reserve(tenantId, deliveryId, day, limits) {
      const scopes = limits.map(({ scope }) => scope);
      return db.transaction().execute(async (tx) => {
        await sql`
          insert into delivery_counts (tenant_id, day, scope, count)
          select ${tenantId}::uuid, ${day}::date, scope, 0 from unnest(${scopes}::text[]) scope order by scope
          on conflict do nothing`.execute(tx);
        const counted = tx
          .selectFrom("delivery_counts")
          .where("tenant_id", "=", tenantId)
          .where(sql<boolean>`day = ${day}::date`)
          .where("scope", "in", scopes);
        // In one order, so that two senders never wait for each other.
        const rows = await counted.select(["scope", "count"]).orderBy("scope").forUpdate().execute();
        const counts = new Map(rows.map(({ scope, count }) => [scope, count]));
        const full = limits.find(({ scope, cap }) => (counts.get(scope) ?? 0) >= cap);
        if (full !== undefined) return full.scope;
        await tx
          .updateTable("delivery_counts")
          .set({ count: sql`count + 1` })
          .where("tenant_id", "=", tenantId)
          .where(sql<boolean>`day = ${day}::date`)
          .where("scope", "in", scopes)
          .execute();
        await tx.updateTable("deliveries").set({ counted: true }).where("id", "=", deliveryId).execute();
        return undefined;
      });
    },
    async finish({ id, attempts, state }, event, { nextMs, sentMs, error }) {
      const next = DELIVERY_TRANSITIONS[state][event];
      if (next === undefined) return false;
      const { numUpdatedRows } = await db
        .updateTable("deliveries")
        .set({
          state: next,
          next_at: nextMs === undefined ? null : new Date(nextMs),
          sent_at: sentMs === undefined ? null : new Date(sentMs),
          error: error?.detail ?? null,
          error_code: error?.code ?? null,
          ...(WIPED.has(next) ? { sealed: null } : {}),
        })
        .where("id", "=", id)
        .where("state", "=", state)
        .where("attempts", "=", attempts)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async again(tenantId, deliveryId, { nowMs, to }) {
      const row = await db
        .updateTable("deliveries")
        .set({
          state: "queued",
          attempts: 0,
          counted: false,
          next_at: new Date(nowMs),
          error: null,
          error_code: null,
          ...(to === undefined
            ? {}
            : {
                channel_id: to.channelId ?? null,
                channel_name: to.channelName,
                kind: to.kind,
                recipient: to.recipient,
                subject: to.subject,
                body: to.body,
              }),
        })
        .where("tenant_id", "=", tenantId)
        .where("id", "=", deliveryId)
        .where("state", "in", statesBefore("again"))
        .where((where) => where.or([where("medium", "is", null), where("sealed", "is not", null)]))
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? undefined : toDelivery(row);
    },
  };
}

function toRow(delivery: DeliveryRecord) {
  return {
    id: delivery.id,
    tenant_id: delivery.tenantId,
    channel_id: delivery.channelId ?? null,
    channel_name: delivery.channelName,
    kind: delivery.kind,
    recipient: delivery.recipient,
    subject: delivery.subject,
    body: delivery.body,
    severity: delivery.severity,
    notice: delivery.notice === undefined ? null : JSON.stringify(delivery.notice),
    alert_id: delivery.alertId ?? null,
    state: delivery.state,
    attempts: delivery.attempts,
    counted: delivery.counted,
    created_at: new Date(delivery.createdMs),
    next_at: delivery.nextMs === undefined ? null : new Date(delivery.nextMs),
    error: delivery.error?.detail ?? null,
    error_code: delivery.error?.code ?? null,
    push_device_id: delivery.pushDeviceId ?? null,
    ...directRow(delivery.direct),
  };
}

const directRow = (direct: DirectPart | undefined) =>
  direct === undefined
    ? {}
    : {
        medium: direct.medium,
        purpose: direct.purpose,
        class: direct.class,
        sealed: direct.sealed === undefined ? null : Buffer.from(direct.sealed),
        expires_at: new Date(direct.expiresMs),
      };

function toDirect({ medium, purpose, class: ofClass, sealed, expires_at }: Selectable<DeliveriesTable>) {
  if (medium === null || purpose === null || ofClass === null || expires_at === null) return {};
  const part = { medium, purpose, class: ofClass, expiresMs: expires_at.getTime() };
  return { direct: sealed === null ? part : { ...part, sealed } };
}

export function toDelivery(row: Selectable<DeliveriesTable>): DeliveryRecord {
  const error = storedFailure(row.error_code, row.error);
  return {
    id: row.id,
    tenantId: row.tenant_id,
    channelName: row.channel_name,
    kind: row.kind,
    recipient: row.recipient,
    subject: row.subject,
    body: row.body,
    severity: row.severity,
    state: row.state,
    attempts: row.attempts,
    counted: row.counted,
    createdMs: row.created_at.getTime(),
    ...(row.channel_id === null ? {} : { channelId: row.channel_id }),
    ...(row.notice === null ? {} : { notice: row.notice }),
    ...(row.alert_id === null ? {} : { alertId: row.alert_id }),
    ...(row.next_at === null ? {} : { nextMs: row.next_at.getTime() }),
    ...(row.sent_at === null ? {} : { sentMs: row.sent_at.getTime() }),
    ...(error === undefined ? {} : { error }),
    ...(row.push_device_id === null ? {} : { pushDeviceId: row.push_device_id }),
    ...toDirect(row),
  };
}
