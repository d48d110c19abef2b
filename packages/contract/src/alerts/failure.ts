import { type Static, Type } from "typebox";
import { object } from "../schemas.ts";

/** Why a message was not taken; the console has the words in every language. */
export const FailureCode = Type.Union([
  Type.Literal("auth_refused"),
  Type.Literal("target_gone"),
  Type.Literal("recipient_refused"),
  Type.Literal("rejected"),
  Type.Literal("redirected"),
  Type.Literal("rate_limited"),
  Type.Literal("server_error"),
  Type.Literal("unreachable"),
  Type.Literal("timeout"),
  Type.Literal("tls_failed"),
  Type.Literal("address_forbidden"),
  Type.Literal("secret_unreadable"),
  Type.Literal("internal"),
  Type.Literal("channel_deleted"),
  Type.Literal("channel_off"),
  Type.Literal("no_channel"),
  Type.Literal("cap_channel"),
  Type.Literal("cap_kind"),
  Type.Literal("cap_recipient"),
  Type.Literal("no_subscriber"),
  Type.Literal("quiet_hours"),
]);
export type FailureCode = Static<typeof FailureCode>;

export const Failure = object({
  code: Type.Optional(FailureCode),
  detail: Type.Optional(
    Type.String({ description: "What the other side said; without a code, an older version's whole text" }),
  ),
});
export type Failure = Static<typeof Failure>;
