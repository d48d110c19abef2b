import { utf8 } from "./bytes.ts";
import { MAX_JSON_DEPTH } from "./limits.ts";
import { malformed } from "./refusal.ts";

/**
 * The one text of a JSON value: JSON Canonicalization Scheme, RFC 8785. Strings and numbers are as ECMAScript
 * writes them (§3.2.2), names are ordered by UTF-16 code units (§3.2.3). Refuses what JSON cannot say: `undefined`,
 * numbers that are not finite, lone surrogates, objects with a class, more nesting than `MAX_JSON_DEPTH`.
 */
export const canonicalJson = (value: unknown): string => write(value, 0);

/** UTF-8 of `canonicalJson`, RFC 8785 §3.2.4. */
export const canonicalBytes = (value: unknown): Uint8Array => utf8(canonicalJson(value));

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case "boolean":
      return value ? "true" : "false";
    case "number":
      if (!Number.isFinite(value)) throw malformed("json", "a number is not finite");
      return JSON.stringify(value);
    case "string":
      return quote(value);
    case "object":
      return value === null ? "null" : writeNested(value, depth + 1);
    default:
      throw malformed("json", "a value has no JSON form");
  }
}

function quote(text: string): string {
  if (!text.isWellFormed()) throw malformed("json", "a text has a lone surrogate");
  return JSON.stringify(text);
}

function writeNested(value: object, depth: number): string {
  if (depth > MAX_JSON_DEPTH) throw malformed("json", "values are nested too deeply");
  if (Array.isArray(value)) return `[${Array.from(value, (item) => write(item, depth)).join(",")}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw malformed("json", "an object is not a plain one");
  const members = value as Readonly<Record<string, unknown>>;
  const texts = Object.keys(members)
    .sort()
    .map((name) => `${quote(name)}:${write(members[name], depth)}`);
  return `{${texts.join(",")}}`;
}
