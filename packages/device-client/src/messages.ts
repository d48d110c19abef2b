import { type Static, Type } from "typebox";
import { ServerKeysJson } from "./server-keys.ts";

/** Content type 4, down: what a person asks of the device. */
export const CommandJson = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64 }),
  command: Type.String({ maxLength: 64 }),
  params: Type.Record(
    Type.String({ maxLength: 64 }),
    Type.Union([Type.String({ maxLength: 1024 }), Type.Number(), Type.Boolean()]),
    { maxProperties: 16 },
  ),
  /** Unix ms of the server's clock, from when it must not be obeyed any more. */
  expires: Type.Optional(Type.Number()),
});
export type CommandJson = Static<typeof CommandJson>;

const serverTimeMs = Type.Optional(Type.Integer({ minimum: 0 }));

/** Content type 9, down: what became of the message with this sequence. */
export const AckJson = Type.Object({
  seq: Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: "^[0-9]{1,19}$" })]),
  /** Sender of a SEALED; a gateway tells by it which of those that it passed on is meant. */
  keyId: Type.Optional(Type.String({ maxLength: 16 })),
  result: Type.Union([Type.Literal("stored"), Type.Literal("duplicate"), Type.Literal("refused")]),
  code: Type.Optional(Type.String({ maxLength: 64 })),
  serverTimeMs,
});

/** Content type 8, down: the answer to a change of our keys, or the server's own keys. */
export const KeysJson = Type.Object({
  keyId: Type.Optional(Type.String({ maxLength: 16 })),
  validFromMs: Type.Optional(Type.Number()),
  oldValidUntilMs: Type.Optional(Type.Number()),
  server: Type.Optional(ServerKeysJson),
  serverTimeMs,
});
