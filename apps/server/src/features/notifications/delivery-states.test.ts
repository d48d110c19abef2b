import { describe, expect, test } from "vitest";
import { DELIVERY_TRANSITIONS, type DeliveryState, retryDelayMs } from "./delivery-states.ts";

describe("the table of states", () => {
  test("from every state that is not the end a message can be sent, and no event leads out of an end", () => {
    const reach = (from: DeliveryState, seen = new Set<DeliveryState>()): Set<DeliveryState> => {
      if (seen.has(from)) return seen;
      seen.add(from);
      for (const next of Object.values(DELIVERY_TRANSITIONS[from])) reach(next, seen);
      return seen;
    };
    for (const state of Object.keys(DELIVERY_TRANSITIONS) as DeliveryState[])
      if (state !== "expired" && state !== "summed") expect(reach(state)).toContain("sent");
    for (const end of ["sent", "expired", "summed"] as const) expect(DELIVERY_TRANSITIONS[end]).toEqual({});
  });

  test("pauses grow up to an hour, less up to half by chance", () => {
    const random = (ratio: number) => ({ ratio: () => ratio, bytes: (n: number) => new Uint8Array(n) });
    const longest = [1, 2, 3, 4, 5, 6, 7].map((attempts) => retryDelayMs(attempts, random(0)) / 1000);
    expect(longest).toEqual([10, 30, 90, 270, 810, 2430, 3600]);
    expect(retryDelayMs(1, random(0.999))).toBeGreaterThanOrEqual(5_000);
  });
});
