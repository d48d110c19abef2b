import { Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { object, UnixMs } from "../schemas.ts";

/** Body: one reading or up to 1,000. The handler checks them itself, so that one bad reading does not refuse the others. */
export const ingest = endpoint({
  method: "POST",
  path: "/api/v1/ingest",
  tag: "device side",
  audience: "device",
  unrecorded: "what devices say is kept as readings",
  summary: "Send one reading {ts?, values} or a batch {readings: […]}",
  bodyLimitBytes: 1_048_576,
  body: Type.Unknown(),
  reply: object({
    accepted: Type.Integer(),
    refused: Type.Array(
      object({ index: Type.Integer(), code: Type.String(), detail: Type.Optional(Type.String()) }),
    ),
  }),
  errors: [
    "message.malformed",
    "message.too_large",
    "message.too_deep",
    "message.schema",
    "message.not_finite",
    "message.out_of_range",
    "message.timestamp",
    "message.rate_limited",
    "device.credentials_invalid",
  ],
});
export const sendLogs = endpoint({
  method: "POST",
  path: "/api/v1/logs/send",
  tag: "device side",
  audience: "device",
  unrecorded: "what devices say is kept in their logs",
  summary: "Send log lines",
  bodyLimitBytes: 262_144,
  body: object({
    logs: Type.Array(
      object({
        ts: Type.Optional(UnixMs),
        level: Type.Optional(
          Type.Union([
            Type.Literal("debug"),
            Type.Literal("info"),
            Type.Literal("warn"),
            Type.Literal("error"),
          ]),
        ),
        // Control characters too: serial consoles send colours and carriage returns.
        message: Type.String({ maxLength: 4096, pattern: "^[^\\u0000]*$" }),
        data: Type.Optional(Type.Unknown()),
      }),
      { minItems: 1, maxItems: 500 },
    ),
  }),
  reply: object({
    accepted: Type.Integer(),
    refused: Type.Integer({ description: "Beyond 50 lines a second, or too large" }),
  }),
  errors: ["message.rate_limited", "device.credentials_invalid"],
});
