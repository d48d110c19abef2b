import type { UnixMs, Uuid } from "@gatehouse/base";
import type { ledger } from "@gatehouse/contract";

/** Somebody who cosigns this log, as far as it is known. */
export interface Witness {
  readonly id: Uuid;
  readonly kind: ledger.WitnessKind;
  readonly name: string;
  readonly verifierKey: string;
  /** Of an installation. */
  readonly url: string | undefined;
  /** Of one of our machines, with its organisation. */
  readonly machine: { readonly deviceId: Uuid; readonly tenantId: Uuid } | undefined;
  readonly addedMs: UnixMs;
  readonly refusal: string | undefined;
  readonly refusedMs: UnixMs | undefined;
  /** The newest checkpoint of the growing log that it cosigned. */
  readonly last: { readonly size: number; readonly atMs: UnixMs } | undefined;
  readonly alarm: Alarm | undefined;
}

/** What people were told of a witness, since when. */
export interface Alarm {
  readonly kind: "refused" | "silent";
  readonly atMs: UnixMs;
}

/** How long a witness may be silent before people are told: of the organisation, by kind. */
export interface SilenceLimits {
  readonly installationMs: number;
  readonly machineMs: number;
}

/** Why nobody could ask: everything else that a witness says is a refusal. */
export const UNREACHABLE = "unreachable";

export const isRefusing = ({ refusal }: Pick<Witness, "refusal">): boolean =>
  refusal !== undefined && refusal !== UNREACHABLE;

export function standingOf(
  { refusal, last, addedMs, kind }: Witness,
  nowMs: UnixMs,
  { installationMs, machineMs }: SilenceLimits,
): ledger.WitnessStanding {
  if (isRefusing({ refusal })) return "refused";
  const limitMs = kind === "installation" ? installationMs : machineMs;
  if (nowMs - (last?.atMs ?? addedMs) > limitMs) return "silent";
  return last === undefined ? "waiting" : "ok";
}
