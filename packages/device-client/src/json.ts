import { AppError } from "@gatehouse/base";
import type { Static, TSchema } from "typebox";
import { Check } from "typebox/value";

/** Bytes from outside as a value of the schema; refuses `message.malformed`. */
export function parseJson<T extends TSchema>(schema: T, bytes: Uint8Array): Static<T> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AppError("message.malformed", {}, { cause });
  }
  if (!Check(schema, value)) throw new AppError("message.malformed");
  return value as Static<T>;
}

export const encodeJson = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

export const toBase64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

/** Lenient about nothing: what does not encode to the same text again is refused. */
export function fromBase64url(text: string): Uint8Array {
  const bytes = Buffer.from(text, "base64url");
  if (bytes.toString("base64url") !== text) throw new AppError("message.malformed");
  return new Uint8Array(bytes);
}
