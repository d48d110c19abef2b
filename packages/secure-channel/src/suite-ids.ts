/** Numbered in the order in which a device may move: forward, never back. 3 (P-256) and 4 (X-Wing) are reserved. */
export const SUITE_IDS = { C1: 0x01, M1: 0x02 } as const;

export type SuiteName = keyof typeof SUITE_IDS;
export type SuiteId = (typeof SUITE_IDS)[SuiteName];

export const isSuiteId = (value: number): value is SuiteId =>
  value === SUITE_IDS.C1 || value === SUITE_IDS.M1;

export interface SuitePolicy {
  /** What the tenant allows. */
  readonly allowed: readonly SuiteId[];
  /** The highest suite this device ever used; undefined before its first message. */
  readonly pinned: SuiteId | undefined;
}

/** Whether a device may use the suite: on the allow-list and not below what it used before. */
export const isSuiteAccepted = (suite: SuiteId, policy: SuitePolicy): boolean =>
  policy.allowed.includes(suite) && suite >= (policy.pinned ?? 0);

/** The pin after an authentic message of `suite`; it only rises. */
export const pinAfter = (suite: SuiteId, pinned: SuiteId | undefined): SuiteId =>
  pinned !== undefined && pinned > suite ? pinned : suite;
