import type { IncomingMessage } from "node:http";

/** Longer than any key with a name in front. */
const MAX_LENGTH = 512;

/**
 * What a camera shows: `Authorization: Bearer KEY`, `X-API-Key: KEY`, Basic with the device's name or id (or nothing) and
 * the key, or `?token=KEY` for sketches whose library sets no headers.
 */
export function claimOf({ headers, url }: Pick<IncomingMessage, "headers" | "url">): {
  readonly username?: string;
  readonly password?: string;
} {
  const key = headers["x-api-key"];
  if (typeof key === "string") return { password: key.slice(0, MAX_LENGTH) };
  const [scheme, value] = (headers.authorization ?? "").slice(0, MAX_LENGTH).split(" ", 2);
  if (value !== undefined && scheme?.toLowerCase() === "bearer") return { password: value };
  if (value !== undefined && scheme?.toLowerCase() === "basic") return basicOf(value);
  const query = (url ?? "").split("?", 2)[1] ?? "";
  const token = new URLSearchParams(query.slice(0, 2 * MAX_LENGTH)).get("token");
  return token === null ? {} : { password: token.slice(0, MAX_LENGTH) };
}

function basicOf(value: string): { readonly username?: string; readonly password?: string } {
  const text = Buffer.from(value, "base64").toString();
  const colon = text.indexOf(":");
  return colon < 0 ? {} : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
