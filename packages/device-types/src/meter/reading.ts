import type { UnixMs } from "@gatehouse/base";
import { decode, encode } from "cborg";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";

/** Bits of `flags`. */
export const METER_FLAGS = { tamper: 1, clockUnset: 2, replaced: 4, rollover: 8 } as const;

const ALL_FLAGS = Object.values(METER_FLAGS).reduce((all, bit) => all | bit, 0);
/** Watt-hours: 10^15 are more than a power station makes in a century, and exact in a double. */
export const MAX_DIGITS = 15;
/** More than the largest reading takes. */
const MAX_PAYLOAD_BYTES = 512;

const Wh = Type.Integer({ minimum: 0, maximum: 10 ** MAX_DIGITS - 1 });

const Wire = Type.Object(
  {
    v: Type.Literal(1),
    /** Counter of this meter's readings, strictly rising for one serial number. */
    n: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    /** Unix seconds by the meter's clock. */
    t: Type.Integer({ minimum: 0, maximum: 7_258_118_400 }),
    kind: Type.Union([Type.Literal("scheduled"), Type.Literal("asked")]),
    /** The request that it answers. */
    request: Type.Optional(Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" })),
    /** Wh by OBIS code (IEC 62056-61): imported in all and by rate, exported. */
    registers: Type.Object(
      {
        "1.8.0": Wh,
        "1.8.1": Type.Optional(Wh),
        "1.8.2": Type.Optional(Wh),
        "2.8.0": Type.Optional(Wh),
      },
      { additionalProperties: false },
    ),
    flags: Type.Integer({ minimum: 0, maximum: ALL_FLAGS }),
    serial: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9 ./_-]{0,39}$" }),
    /** The register rolls over at 10^digits Wh. */
    digits: Type.Integer({ minimum: 4, maximum: MAX_DIGITS }),
  },
  { additionalProperties: false },
);

/** A meter's reading as it is signed: content type 7 of the secure channel. */
export type MeterReading = Static<typeof Wire>;

export const readAtMs = ({ t }: MeterReading): UnixMs => t * 1_000;

export const hasFlag = ({ flags }: MeterReading, flag: keyof typeof METER_FLAGS): boolean =>
  (flags & METER_FLAGS[flag]) !== 0;

/** Deterministic CBOR (RFC 8949 §4.2.1): one reading has one encoding, so that its signature is of the reading. */
export function encodeMeterReading(reading: MeterReading): Uint8Array {
  return encode(reading);
}

/** Undefined for whatever `encodeMeterReading` would not have written. */
export function parseMeterReading(payload: Uint8Array): MeterReading | undefined {
  if (payload.length > MAX_PAYLOAD_BYTES) return undefined;
  let value: unknown;
  try {
    value = decode(payload, { strict: true, allowUndefined: false, rejectDuplicateMapKeys: true });
  } catch {
    return undefined;
  }
  if (!Check(Wire, value)) return undefined;
  const isBelowRollover = Object.values(value.registers).every((wh) => wh < 10 ** value.digits);
  return isBelowRollover && Buffer.from(encode(value)).equals(payload) ? value : undefined;
}
