import { decodeBase64Of } from "../base64.ts";
import { decodeUtf8 } from "../bytes.ts";
import { canonicalJson } from "../canonical-json.ts";
import { isTreeSize } from "../limits.ts";
import { matchesPersonal, SALT_BYTES } from "../personal.ts";
import type { Problems } from "./report.ts";

/** A line of `personal.ndjson`: a value that stands in its event only as an HMAC, with the salt that opens it. */
export interface RevealedValue {
  readonly index: number;
  readonly name: string;
  readonly value: string;
  /** Base64. */
  readonly salt: string;
}

/**
 * Compares revealed values with what their events hold of them. `eventOf` gives the bytes of an unchanged event.
 * Answers how many are right.
 */
export function judgeRevealed(
  lines: readonly Uint8Array[],
  eventOf: (index: number) => Uint8Array | undefined,
  problems: Problems,
): number {
  let right = 0;
  for (const [at, line] of lines.entries()) {
    const revealed = readLine(line);
    if (revealed === undefined) {
      problems.add("personal_malformed", null, at + 1);
      continue;
    }
    const event = eventOf(revealed.index);
    const hidden = event && hiddenIn(event, revealed.name);
    const isRight =
      hidden !== undefined && matchesPersonal(hidden, revealed.salt, revealed.name, revealed.value);
    if (isRight) right++;
    else problems.add("personal_differs", revealed.index, at + 1);
  }
  return right;
}

function readLine(line: Uint8Array): (Omit<RevealedValue, "salt"> & { salt: Uint8Array }) | undefined {
  const { index, name, value, salt: text } = (readObject(line) ?? {}) as Partial<RevealedValue>;
  const salt = typeof text === "string" ? decodeBase64Of(text, SALT_BYTES) : undefined;
  const isRead = typeof index === "number" && isTreeSize(index) && typeof name === "string";
  return isRead && typeof value === "string" && salt !== undefined ? { index, name, value, salt } : undefined;
}

function hiddenIn(event: Uint8Array, name: string): string | undefined {
  const personal = readObject(event)?.personal;
  if (typeof personal !== "object" || personal === null || Array.isArray(personal)) return undefined;
  if (!Object.hasOwn(personal, name)) return undefined;
  const hidden: unknown = (personal as Record<string, unknown>)[name];
  return typeof hidden === "string" ? hidden : undefined;
}

function readObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(decodeUtf8(bytes) ?? "");
    // Neither lone surrogates, of which there is no HMAC, nor more nesting than an event may have.
    canonicalJson(value);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
