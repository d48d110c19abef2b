import type { cameras } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { nextClip, previousClip } from "./next-clip.ts";

const event = (id: string, startMs: number) => ({ id, startMs, cameraId: "camera" }) as cameras.CameraEvent;
const HOUR_MS = 3_600_000;

test("the next event is the nearest later one, however far it is within a month", async () => {
  const all = [event("c", 10 * HOUR_MS), event("b", 9 * HOUR_MS), event("a", 0)];
  const spans: number[] = [];
  const found = await nextClip(event("a", 0), async ({ query }) => {
    const toMs = Number(query.toMs);
    spans.push(toMs);
    const items = all.filter(({ startMs }) => startMs <= toMs);
    return { items, total: items.length };
  });
  expect(found).toBe("b");
  expect(spans).toEqual([HOUR_MS, 12 * HOUR_MS]);
});

test("of two that began at once each has the other as neighbour, and the last has none", async () => {
  const items = [event("b", 5), event("a", 5)];
  const list = async () => ({ items, total: 2 });
  expect(await nextClip(event("a", 5), list)).toBe("b");
  expect(await nextClip(event("b", 5), list)).toBeUndefined();
});

test("the event before is asked for by the place of this one", async () => {
  const asked: unknown[] = [];
  const found = await previousClip(event("b", 5), async ({ query }) => {
    asked.push(query.before);
    return { items: [event("a", 4)], total: 1 };
  });
  expect([found, asked]).toEqual(["a", ["5.b"]]);
});
