/** How an act ended that the ledger keeps. */
export const OUTCOMES = ["done", "refused"] as const;
export type Outcome = (typeof OUTCOMES)[number];
