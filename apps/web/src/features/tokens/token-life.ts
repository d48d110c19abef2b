import type { access } from "@gatehouse/contract";

const DAY_MS = 86_400_000;

/** Lives offered, in days; the longest is a year. */
export const LIVES = [7, 30, 90, 365] as const;

export type TokenState = "live" | "expired" | "revoked";

export function stateOf(token: access.ApiToken, nowMs: number): TokenState {
  if (token.revokedMs !== undefined) return "revoked";
  return token.expiresMs <= nowMs ? "expired" : "live";
}

/** Those that still work, and with `withEnded` the others too, whose name or maker has `text` in it. */
export function pickTokens(
  tokens: readonly access.ApiToken[],
  { nowMs, text, withEnded }: { nowMs: number; text: string; withEnded: boolean },
): access.ApiToken[] {
  const wanted = text.toLocaleLowerCase();
  return tokens.filter(
    (token) =>
      (withEnded || stateOf(token, nowMs) === "live") &&
      [token.name, token.start, token.madeBy.name].some((one) => one.toLocaleLowerCase().includes(wanted)),
  );
}

/**
 * When a token ends: after so many days, or at the end of a day (`YYYY-MM-DD`, UTC) from today to a year from now.
 * Undefined for a day that cannot be taken.
 */
export function endOf(life: number | string, nowMs: number): number | undefined {
  if (typeof life === "number") return Math.round(nowMs) + life * DAY_MS;
  const dayMs = /^\d{4}-\d{2}-\d{2}$/.test(life) ? Date.parse(life) : Number.NaN;
  const endMs = dayMs + DAY_MS - 1;
  return endMs > nowMs && endMs <= nowMs + 366 * DAY_MS ? endMs : undefined;
}

/** A call that shows that a token works. */
export const exampleCall = (origin: string, secret: string): string =>
  `curl -H "Authorization: Bearer ${secret}" ${origin}/api/v1/devices`;
