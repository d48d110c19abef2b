import { canonicalJson } from "@gatehouse/ledger";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";

const Share = Type.Number({ minimum: 0, maximum: 1 });
const strict = { additionalProperties: false } as const;

/** Where something was found, as shares of the picture: left and upper edge, width and height. */
const Box = Type.Object(
  {
    label: Type.String({ minLength: 1, maxLength: 64 }),
    score: Share,
    x: Share,
    y: Share,
    width: Share,
    height: Share,
    track: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  },
  strict,
);

/** Boxes of one look. */
export const MAX_FOUND = 100;

/** What one look at a picture found: the content of a frame of kind `found`, as canonical JSON (RFC 8785). */
export const Found = Type.Object(
  {
    v: Type.Literal(1),
    /** Of the picture that was looked at: when it was taken by the clock that seals, ms since 1970. */
    takenMs: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    /** Name of the model. */
    model: Type.String({ maxLength: 120 }),
    boxes: Type.Array(Box, { minItems: 1, maxItems: MAX_FOUND }),
  },
  strict,
);
export type Found = Static<typeof Found>;

/** Shares with four digits behind the point. */
export function encodeFound(found: Found): Uint8Array {
  const boxes = found.boxes.map(({ label, track, ...numbers }) => ({
    label,
    ...(track === undefined ? {} : { track }),
    ...Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, rounded(value)])),
  }));
  return new TextEncoder().encode(canonicalJson({ ...found, boxes }));
}

/** Undefined for what is none. */
export function parseFound(bytes: Uint8Array): Found | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return Check(Found, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const rounded = (share: number): number => Math.round(share * 10_000) / 10_000;
