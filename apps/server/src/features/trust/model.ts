import type { UnixMs, Uuid } from "@gatehouse/base";
import type { trust } from "@gatehouse/contract";
import type { Device, Finding } from "@gatehouse/plausibility";

export const DAY_MS = 86_400_000;

/** Why a reading is kept apart. */
export interface Hold {
  readonly cause: "quarantine" | "implausible";
  readonly findings: readonly Finding[];
}

export interface VerdictCounts {
  ok: number;
  suspect: number;
  implausible: number;
}

export const noVerdicts = (): VerdictCounts => ({ ok: 0, suspect: 0, implausible: 0 });

/** A device as the hot path and the judge know it. */
export interface Subject {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  name: string;
  judged: Device;
  /** False for devices beyond those that fit into memory. */
  readonly isJudged: boolean;
  quarantine: trust.Quarantine | undefined;
  suggestedMs: UnixMs | undefined;
  /** Not yet in the database. */
  readonly verdicts: VerdictCounts;
  /** The score last written to the history. */
  score: number;
  /** Evidence that makes every reading suspect. */
  suspect: boolean;
  /** False until what the database knows of its habits is read: then it must not be overwritten. */
  isRestored: boolean;
}

/** Who acts; Gatehouse itself has no name. */
export interface Actor {
  readonly tenantId: Uuid;
  readonly name: string;
}

/** At most so many automatic quarantines in a day, or this share of a tenant's devices: more is no attack on devices. */
export const AUTOMATIC_PER_DAY = 3;
export const AUTOMATIC_SHARE_RATIO = 0.1;

/** Whether one more device of a tenant may be quarantined without asking. */
export const mayQuarantine = (today: number, devices: number): boolean =>
  today < Math.max(AUTOMATIC_PER_DAY, Math.floor(devices * AUTOMATIC_SHARE_RATIO));
