import { AppError, type Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { waitTurn } from "../../platform/database/index.ts";
import { DetectorStore } from "./detector-store.ts";
import type { DetectorDatabase } from "./tables.ts";

/** First in the transaction that adds one: there is room for it until the commit. Refuses `limit.reached`. */
export async function holdRoom(transaction: DetectorDatabase, tenantId: Uuid): Promise<void> {
  await waitTurn(transaction, "detectors", tenantId);
  assertRoom(await new DetectorStore(transaction).list(tenantId));
}

/** Refuses `limit.reached`. */
export function assertRoom(known: readonly unknown[]): void {
  if (known.length >= cameras.MAX_DETECTORS)
    throw new AppError("limit.reached", { limit: "detectors", max: cameras.MAX_DETECTORS });
}
