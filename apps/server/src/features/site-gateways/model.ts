import type { UnixMs, Uuid } from "@gatehouse/base";
import type { gateways } from "@gatehouse/contract";
import { hasFlag, type MeterReading } from "@gatehouse/device-types/meter-reading";
import { type Static, Type } from "typebox";

export const METER_TYPE = "meter";
export const GATEWAY_TYPE = "site-gateway";

/** A link that is made again gets the rest; what waits on it stays small. */
export const DEVICES_PER_READ_MESSAGE = 500;
/** With their keys about 40 kB. */
export const DEVICES_PER_LIST_PART = 100;
export const MAX_OPEN_READS = 10;
/** A device counts as heard by its gateway for this long. */
export const HEARD_FOR_MS = 600_000;

const id = Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });
const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const short = Type.String({ maxLength: 200, pattern: "^[^\\u0000-\\u001f\\ud800-\\udfff]*$" });

/** What a gateway says of meters that did not answer. */
export const VerdictsMessage = Type.Object(
  {
    kind: Type.Literal("verdicts"),
    requestId: id,
    items: Type.Array(
      Type.Object({
        deviceId: id,
        verdict: Type.Union([Type.Literal("silent"), Type.Literal("unreachable"), Type.Literal("failed")]),
        detail: Type.Optional(short),
      }),
      { maxItems: 500 },
    ),
  },
  { additionalProperties: false },
);
export type VerdictsMessage = Static<typeof VerdictsMessage>;

/** What a gateway says of itself and of the devices it heard. */
export const StateMessage = Type.Object(
  {
    kind: Type.Literal("state"),
    queue: Type.Object({ messages: count, bytes: count, dropped: count }),
    devices: Type.Array(
      Type.Object({ deviceId: id, lastHeardMs: count, via: Type.Optional(Type.String({ maxLength: 20 })) }),
      { maxItems: 500 },
    ),
  },
  { additionalProperties: false },
);
export type StateMessage = Static<typeof StateMessage>;

const key = Type.String({ maxLength: 128, pattern: "^[A-Za-z0-9_-]+$" });

/** By which keys a gateway is known at its site: one bundle of each suite at most. */
export const SiteKeysMessage = Type.Object(
  {
    kind: Type.Literal("site-keys"),
    keys: Type.Array(
      Type.Object(
        { suite: Type.Integer(), agreementKey: key, signingKey: key },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 4 },
    ),
  },
  { additionalProperties: false },
);
export type SiteKeysMessage = Static<typeof SiteKeysMessage>;

/** One reading of the same meter that is stored already. */
export interface Neighbour {
  readonly counter: number;
  readonly wh: number;
  readonly rollover: boolean;
}

/**
 * Whether a reading fits between the one counted before it and the one after (it may have waited at the site): within
 * one serial number the register only rises, but where it rolled over.
 */
export function fitsBetween(
  reading: MeterReading,
  before: Neighbour | undefined,
  after: Neighbour | undefined,
): boolean {
  const wh = reading.registers["1.8.0"];
  const rises = before === undefined || wh >= before.wh || hasFlag(reading, "rollover");
  return rises && (after === undefined || after.wh >= wh || after.rollover);
}

export interface Progress {
  readonly createdMs: UnixMs;
  readonly deadlineMs: UnixMs;
  readonly total: number;
  readonly open: number;
}

/** When the last verdict is expected by the mean pace so far, never after the deadline. */
export function expectedEndMs(
  { createdMs, deadlineMs, total, open }: Progress,
  nowMs: UnixMs,
): UnixMs | undefined {
  const answered = total - open;
  if (answered === 0 || open === 0) return undefined;
  const perMs = answered / Math.max(1, nowMs - createdMs);
  return Math.round(Math.min(deadlineMs, nowMs + open / perMs));
}

/** A round as it is kept in memory while it is open. */
export interface OpenRead {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly deadlineMs: UnixMs;
}

/** Which devices of a round are asked for: one verdict, those still waiting, or all that were not read. */
export type VerdictFilter = gateways.ReadVerdict | "missing" | "waiting";
