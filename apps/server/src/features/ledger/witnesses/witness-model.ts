import type { UnixMs, Uuid } from "@gatehouse/base";
import type { ledger } from "@gatehouse/contract";

/** Longer without a cosignature, and a witness is called silent. */
export const SILENT_AFTER_MS = 15 * 60_000;

/** Somebody who cosigns this log, as far as it is known. */
export interface Witness {
  readonly id: Uuid;
  readonly name: string;
  readonly verifierKey: string;
  readonly url: string;
  readonly addedMs: UnixMs;
  readonly refusal: string | undefined;
  /** The newest checkpoint of the growing log that it cosigned. */
  readonly last: { readonly size: number; readonly atMs: UnixMs } | undefined;
}

/** Why nobody could ask: everything else that a witness says is a refusal. */
export const UNREACHABLE = "unreachable";

export function standingOf({ refusal, last, addedMs }: Witness, nowMs: UnixMs): ledger.WitnessStanding {
  if (refusal !== undefined && refusal !== UNREACHABLE) return "refused";
  if (nowMs - (last?.atMs ?? addedMs) > SILENT_AFTER_MS) return "silent";
  return last === undefined ? "waiting" : "ok";
}
