import { isUtf8 } from "node:buffer";
import { LIMITS } from "@gatehouse/contract";
import { Refused } from "./refused.ts";

/** UTF-8 text of a payload within the size limit, or why not. */
export function decodeText(payload: Buffer): string | Refused {
  if (payload.length > LIMITS.payloadBytes)
    return new Refused("message.too_large", `${payload.length} bytes`);
  if (!isUtf8(payload)) return new Refused("message.invalid_utf8");
  return payload.toString("utf8");
}

/** JSON value of a payload: size, encoding and depth are checked before it is parsed. */
export function decodeJson(payload: Buffer): { readonly value: unknown } | Refused {
  const text = decodeText(payload);
  if (text instanceof Refused) return text;
  if (isTooDeep(text)) return new Refused("message.too_deep", `more than ${LIMITS.jsonDepth} levels`);
  try {
    const value: unknown = JSON.parse(text);
    // PostgreSQL's text and jsonb cannot hold U+0000; the escape is the only way to write it in JSON.
    if (text.includes("\\u0000") && holdsNul(value))
      return new Refused("message.malformed", "U+0000 in a text");
    return { value };
  } catch {
    return new Refused(
      /^[\s\S]*\b(NaN|-?Infinity)\b/.test(text) ? "message.not_finite" : "message.malformed",
      "not JSON",
    );
  }
}

const QUOTE = 34;
const BACKSLASH = 92;

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === QUOTE) {
      for (i++; i < text.length; i++) {
        const inside = text.charCodeAt(i);
        if (inside === BACKSLASH) i++;
        else if (inside === QUOTE) break;
      }
    } else if ((char | 32) === 123) {
      // `[` is 91 and `{` is 123, `]` 93 and `}` 125: each pair differs in bit 5 only.
      if (++depth > LIMITS.jsonDepth) return true;
    } else if ((char | 32) === 125) depth--;
  }
  return false;
}

function holdsNul(value: unknown): boolean {
  if (typeof value === "string") return value.includes("\u0000");
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, inner]) => key.includes("\u0000") || holdsNul(inner));
}
