import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { canonicalBytes } from "./canonical-json.ts";
import { MAX_EVENT_BYTES } from "./limits.ts";
import { PERSONAL_NAME } from "./personal.ts";
import { malformed } from "./refusal.ts";
import { type Hash, hashLeaf } from "./tree-hash.ts";

const Name = Type.String({ pattern: "^[a-z][a-z0-9_]{0,31}$" });
const Id = Type.String({ pattern: "^[A-Za-z0-9._:@/-]{1,128}$" });

const Party = Type.Object({ kind: Name, id: Id }, { additionalProperties: false });

/** One act as it is hashed. Nobody's name, address or number stands in it but hidden, in `personal`. */
export const LedgerEvent = Type.Object(
  {
    /** Version of this shape. */
    v: Type.Literal(1),
    /** Unique in the log, and random: nobody can guess the leaf of an event that is not shown to him. */
    id: Id,
    /** When it happened by the server's clock: RFC 3339, UTC, milliseconds, `2026-11-21T10:00:00.000Z`. */
    time: Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$" }),
    /** The organisation; null for acts of the installation itself. */
    tenant: Type.Union([Id, Type.Null()]),
    /** What was done: words joined by dots, `session.revoked`. */
    kind: Type.String({ pattern: "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)+$", maxLength: 64 }),
    /** Who did it: `{kind: "person", id}`, a device, the server itself. */
    actor: Party,
    /** What it was done to. */
    subject: Type.Union([Party, Type.Null()]),
    outcome: Type.Union([Type.Literal("done"), Type.Literal("refused"), Type.Literal("failed")]),
    /** What else there is to know, by kind. */
    data: Type.Record(Type.String(), Type.Unknown()),
    /** Name → `hidePersonal`. */
    personal: Type.Record(
      Type.String({ pattern: PERSONAL_NAME }),
      Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }),
      { additionalProperties: false, maxProperties: 32 },
    ),
  },
  { additionalProperties: false },
);

export type LedgerEvent = Static<typeof LedgerEvent>;

/** The bytes that are hashed and exported: canonical JSON, at most `MAX_EVENT_BYTES`. Refuses any other shape. */
export function encodeEvent(event: LedgerEvent): Uint8Array {
  if (!Check(LedgerEvent, event) || !isInstant(event.time))
    throw malformed("event", "the event does not have the shape of one");
  const bytes = canonicalBytes(event);
  if (bytes.length > MAX_EVENT_BYTES) throw malformed("event", "the event is too large");
  return bytes;
}

/** The event's leaf: H(0x00 ‖ `encodeEvent`). */
export const leafOf = (event: LedgerEvent, hash?: Hash): Uint8Array => hashLeaf(encodeEvent(event), hash);

/** Whether a text of the right shape is a moment that exists. */
function isInstant(time: string): boolean {
  const ms = Date.parse(time);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === time;
}
