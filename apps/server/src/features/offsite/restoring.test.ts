import type { Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { s3Double } from "@gatehouse/testkit";
import { expect, test, vi } from "vitest";
import { offsiteHouse, s3Body } from "./testing/house.ts";

const CAMERA: Uuid = "018f0000-0000-7000-8000-0000000000c1";
const OTHER: Uuid = "018f0000-0000-7000-8000-0000000000c2";

test("copies come back, those of one camera alone where that is wanted, and what is here is left as it is", async () => {
  const [house, store] = await Promise.all([offsiteHouse(), s3Double()]);
  const tenantId = await house.addTenant();
  const app = await house.open(tenantId, house.offsite);
  const firstMs = house.clock.nowMs() - 100_000;
  const kept = [CAMERA, CAMERA, CAMERA, OTHER].map((cameraId, n) =>
    house.segments.add({ tenantId, cameraId }, { firstMs: firstMs + n, bytes: 5_000 + n }),
  );
  const made = await app.inject({ method: "POST", url: "/api/v1/offsite/targets", payload: s3Body(store) });
  const path = `/api/v1/offsite/targets/${made.json().id}/restore`;
  await house.offsite.start?.();
  await house.offsite.idle();
  const [first, ...lost] = kept;
  for (const { segmentId } of lost) house.segments.kept.delete(segmentId);
  const restore = async (payload: object): Promise<cameras.OffsiteRestore> => {
    expect((await app.inject({ method: "POST", url: path, payload })).statusCode).toBe(200);
    return vi.waitFor(async () => {
      const [target] = (await app.inject("/api/v1/offsite/targets")).json().items;
      if (target.restore.running) throw new Error("not ended yet");
      return target.restore;
    }, 30_000);
  };
  expect(await restore({ cameraId: CAMERA })).toMatchObject({ looked: 3, taken: 2, known: 1, foreign: 0 });
  expect(house.segments.kept.get(first?.segmentId ?? "")).toBe(first);
  expect(await restore({})).toMatchObject({ looked: 4, taken: 1, known: 3 });
  for (const { segmentId, segment, key } of lost) {
    expect(Buffer.from(house.segments.kept.get(segmentId)?.segment ?? []).equals(segment)).toBe(true);
    expect(Buffer.from(house.segments.kept.get(segmentId)?.key ?? []).equals(key)).toBe(true);
  }
  expect(house.trail.kinds().filter((kind) => kind === "offsite.restored")).toHaveLength(2);
  store.fault = () => "cut";
  expect((await restore({})).failure).toMatchObject({ code: "unreachable" });
  await house.offsite.stop?.();
  await app.close();
  await Promise.all([store[Symbol.asyncDispose](), house[Symbol.asyncDispose]()]);
});
