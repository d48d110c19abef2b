import { expect, test } from "vitest";
import { LogStore } from "../log-store.ts";
import { ledgerHouse, TENANT } from "../testing/house.ts";
import { CheckpointReader } from "./checkpoint-reader.ts";

test("a log holds all that the checkpoint beside it covers, also while it grows", async () => {
  await using house = await ledgerHouse();
  const grow = async (): Promise<void> => {
    await house.record({ tenantId: TENANT, kind: "site.changed" });
    await house.ledger.flush();
  };
  /** Between any two questions somebody does something. */
  class BusyStore extends LogStore {
    override async find(id: number) {
      const found = await super.find(id);
      await grow();
      return found;
    }
    override async lastCosigned(logId: number) {
      const found = await super.lastCosigned(logId);
      await grow();
      return found;
    }
  }
  await grow();
  const store = new BusyStore(house.db);
  const id = (await store.current())?.id as number;
  const reader = new CheckpointReader(store, () => {
    throw new Error("nothing is signed here");
  });
  const { log, checkpoint } = (await reader.newestOf(id)) ?? {};
  expect(checkpoint?.size).toBeGreaterThan(0);
  expect(log?.frontier.size).toBeGreaterThan(checkpoint?.size as number);
});
