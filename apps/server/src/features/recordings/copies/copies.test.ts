import { AppError, type Uuid } from "@gatehouse/base";
import { virtualClock } from "@gatehouse/testkit";
import { expect, test } from "vitest";
import type { Copies } from "../ports.ts";
import { film, recordingHouse, START_MS } from "../testing/house.ts";

test("copies elsewhere hear of an erasure in its transaction, and keep the key they are wrapped under", async () => {
  const told: (readonly Uuid[])[] = [];
  let oldest: number | undefined = 1;
  const copies: Copies = {
    async erase(tx, _tenantId, segmentIds) {
      if (!tx.isTransaction) throw new AppError("server.internal");
      told.push(segmentIds);
    },
    oldestKeyGeneration: async () => oldest,
  };
  const house = await recordingHouse(virtualClock(START_MS + 200_000), { copies });
  const tenantId = await house.addTenant();
  const cameraId = house.addCamera(tenantId);
  await house.recordings.start?.();
  await film(house, { tenantId, cameraId }, { fromMs: START_MS, seconds: 5, fps: 2, bytes: 500 });
  const rotate = house.recordings.routes?.find(({ endpoint }) => endpoint.path.endsWith("/rotate-key"));
  const keys = async () =>
    (await house.db.selectFrom("recording_keys").select("generation").orderBy("generation").execute()).map(
      ({ generation }) => generation,
    );
  await rotate?.handler({ principal: { tenantId } });
  await house.recordings.idle();
  expect(await keys()).toEqual([1, 2]);
  oldest = undefined;
  await rotate?.handler({ principal: { tenantId } });
  await house.recordings.idle();
  expect(await keys()).toEqual([3]);
  house.bus.publish("device.changed", { tenantId, deviceId: cameraId, change: "removed" });
  const [row] = await house.rows();
  await expect.poll(() => told, { timeout: 20_000 }).toEqual([[row?.id]]);
  await house.recordings.stop?.();
  await house[Symbol.asyncDispose]();
});
