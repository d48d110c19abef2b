import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { createDatabase } from "../../platform/database/index.ts";
import { createOutboxStore, type DeliveryRecord } from "./outbox-store.ts";
import type { NotificationTables } from "./tables.ts";
import { openOutboxHouse } from "./testing/outbox-house.ts";

const T0 = 1_772_366_400_000;

test("an attempt that was overtaken changes nothing, the one that overtook it does", async () => {
  await using house = await openOutboxHouse();
  await house.feature.stop?.();
  const store = createOutboxStore(createDatabase<NotificationTables>(house.pool));
  const delivery: DeliveryRecord = {
    id: randomUUID(),
    tenantId: house.tenantId,
    channelName: "c",
    kind: "webhook",
    recipient: "r",
    subject: "s",
    body: "b",
    severity: "info",
    state: "queued",
    attempts: 0,
    counted: false,
    createdMs: T0,
    nextMs: T0,
  };
  await store.insert([delivery]);
  const first = await store.take("alerts", T0, T0 + 60_000, []);
  expect(first).toMatchObject({ state: "sending", attempts: 1 });
  expect(await store.take("alerts", T0 + 59_999, T0, [])).toBeUndefined();
  const second = await store.take("alerts", T0 + 60_000, T0 + 120_000, []);
  expect(second).toMatchObject({ state: "sending", attempts: 2 });
  expect(
    await store.finish(first as DeliveryRecord, "fail", { nextMs: T0, error: { code: "timeout" } }),
  ).toBe(false);
  expect(await store.finish(second as DeliveryRecord, "accept", { sentMs: T0 })).toBe(true);
  expect(await store.finish(second as DeliveryRecord, "refuse", {})).toBe(false);
  expect(await store.find(house.tenantId, delivery.id)).toMatchObject({ state: "sent" });
});
