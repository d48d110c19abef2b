import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { IdParams, object, text, UnixMs, Uuid } from "../schemas.ts";
import { Failure } from "./failure.ts";

export const DeliveryState = Type.Union(
  [
    Type.Literal("queued"),
    Type.Literal("sending"),
    Type.Literal("sent"),
    Type.Literal("retrying"),
    Type.Literal("dead"),
    Type.Literal("held"),
    Type.Literal("capped"),
    Type.Literal("expired"),
    Type.Literal("deferred"),
    Type.Literal("summed"),
    Type.Literal("muted"),
  ],
  {
    description:
      "held: no channel is configured, the message waits here to be read; of quiet hours: deferred until their end, summed up in another message, muted for good",
  },
);
export const Delivery = object({
  id: Uuid,
  channelId: Type.Optional(Uuid),
  channelName: Type.String(),
  kind: Type.String(),
  to: Type.String(),
  subject: Type.String(),
  body: Type.String(),
  state: DeliveryState,
  attempts: Type.Integer(),
  createdMs: UnixMs,
  nextAttemptMs: Type.Optional(UnixMs),
  sentMs: Type.Optional(UnixMs),
  error: Type.Optional(Failure),
  alertId: Type.Optional(Uuid),
  purpose: Type.Optional(
    Type.String({
      description:
        "Of a message to one person. Its words are shown only while it waits for a channel, and only with outbox.secrets",
    }),
  ),
  expiresMs: Type.Optional(UnixMs),
});
export type Delivery = Static<typeof Delivery>;

export const listDeliveries = endpoint({
  method: "GET",
  path: "/api/v1/outbox",
  tag: "notifications",
  audience: "operator",
  permission: "outbox.read",
  summary: "Messages to people, newest first",
  query: object({
    state: Type.Optional(DeliveryState),
    q: Type.Optional(text(100)),
    before: Type.Optional(Type.String({ maxLength: 100 })),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
  }),
  reply: object({
    items: Type.Array(Delivery),
    next: Type.Optional(Type.String()),
    counts: Type.Record(Type.String(), Type.Integer()),
  }),
});
export const retryDelivery = endpoint({
  method: "POST",
  path: "/api/v1/outbox/:id/retry",
  tag: "notifications",
  audience: "operator",
  permission: "outbox.retry",
  resource: { kind: "delivery", param: "id" },
  records: ["message.retried"],
  summary: "Try a dead or waiting message again now",
  params: IdParams,
  body: object({}),
  reply: Delivery,
  errors: ["outbox.not_found", "channel.not_found", "request.conflict"],
});
