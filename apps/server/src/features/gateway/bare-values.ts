import { decodeText } from "./payload.ts";
import { Refused } from "./refused.ts";

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const SWITCH: ReadonlyMap<string, boolean> = new Map([
  ["on", true],
  ["1", true],
  ["true", true],
  ["off", false],
  ["0", false],
  ["false", false],
]);

/** A payload that is nothing but a decimal number. */
export function readNumber(payload: Buffer): number | Refused {
  const text = decodeText(payload);
  if (text instanceof Refused) return text;
  const trimmed = text.trim();
  if (/^[+-]?(nan|inf(inity)?)$/i.test(trimmed)) return new Refused("message.not_finite");
  return NUMBER.test(trimmed) ? Number(trimmed) : new Refused("message.malformed", "not a number");
}

/** `ON` or `OFF` in any case; `1`, `0`, `true` and `false` too. */
export function readSwitch(payload: Buffer): boolean | Refused {
  const text = decodeText(payload);
  if (text instanceof Refused) return text;
  return SWITCH.get(text.trim().toLowerCase()) ?? new Refused("message.malformed", "neither ON nor OFF");
}
