import { AppError, isAppError } from "@gatehouse/base";

/**
 * Why a message was refused, for counters only. Whoever sent it gets `envelope.refused` and nothing else. What is
 * told apart here is told apart before any key is used; everything that a key decides is `not_authentic`.
 */
export const REFUSAL_REASONS = [
  "malformed",
  "suite",
  "unknown_key",
  "replayed",
  "time",
  "cloned",
  "not_authentic",
] as const;

export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** The one error of the channel: the same code, no field; the reason stays inside as `cause`. */
export const refused = (reason: RefusalReason): AppError =>
  new AppError("envelope.refused", {}, { cause: reason });

/** The reason of a refusal of the channel; undefined for any other error. */
export function refusalReason(error: unknown): RefusalReason | undefined {
  if (!isAppError(error, "envelope.refused")) return undefined;
  return REFUSAL_REASONS.find((reason) => reason === error.cause);
}
