import { Type } from "typebox";
import { Check } from "typebox/value";

const Values = Type.Record(
  Type.String({ pattern: "^[A-Za-z0-9_.:-]{1,64}$" }),
  Type.Union([Type.Number(), Type.Boolean(), Type.String({ maxLength: 256 })]),
  { minProperties: 1, maxProperties: 64 },
);
const Timed = Type.Object(
  { ts: Type.Optional(Type.Integer({ minimum: 0 })), values: Values },
  { additionalProperties: false },
);

/** What a plain sensor says of itself: not signed by it, so the gateway answers for it. */
export interface SensorReading {
  readonly ts: number;
  readonly values: Readonly<Record<string, number | boolean | string>>;
}

/** `{"ts"?, "values": {…}}` or the values alone; undefined for everything else. Without `ts` it is of `nowMs`. */
export function parseSensorReading(payload: Uint8Array, nowMs: number): SensorReading | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch {
    return undefined;
  }
  if (Check(Timed, value)) return { ts: value.ts ?? Math.round(nowMs), values: value.values };
  return Check(Values, value) ? { ts: Math.round(nowMs), values: value } : undefined;
}
