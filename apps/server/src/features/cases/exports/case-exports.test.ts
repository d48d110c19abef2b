import { newUuid, systemRandom } from "@gatehouse/base";
import type { cases } from "@gatehouse/contract";
import { virtualClock } from "@gatehouse/testkit";
import { expect, test } from "vitest";
import type { Bundles } from "../ports.ts";
import { caseHouse } from "../testing/case-house.ts";

const START_MS = 1_795_000_000_000;
const clock = virtualClock(START_MS);

/** There is room for every bundle, and none is ever made. */
const bundles = {
  assertRoom: async () => undefined,
  addOwner: () => undefined,
  worker: () => ({
    start: () => undefined,
    stop: async () => undefined,
    wake: () => undefined,
    giveUp: async () => undefined,
    progressOf: () => undefined,
  }),
} as unknown as Bundles;

test("however many bundles are asked for at once, an organisation has only so many", async () => {
  const exportLimits = { keepMs: 86_400_000, maxExports: 3 };
  await using house = await caseHouse(clock, { bundles, exportLimits });
  const tenantId = await house.addTenant();
  const cameraId = house.addCamera(tenantId, newUuid(clock, systemRandom));
  house.asker.tenantId = tenantId;
  const items = [{ kind: "span", cameraId, fromMs: START_MS - 90_000, toMs: START_MS - 30_000 }];
  const { id } = (await house.ask<cases.Case>("POST", "", { title: "Night of the 12th", items })).body;
  const path = `/${id}/exports`;
  const asked = await Promise.all(
    Array.from({ length: 10 }, () => house.ask("POST", path, { form: "zip", language: "en" })),
  );
  expect(asked.filter(({ status }) => status === 200)).toHaveLength(3);
  expect(asked.filter(({ body }) => body.code === "export.too_many")).toHaveLength(7);
  expect((await house.ask<{ items: unknown[] }>("GET", path)).body.items).toHaveLength(3);
  expect(house.trail.kinds().filter((kind) => kind === "case.exported")).toHaveLength(3);
});
