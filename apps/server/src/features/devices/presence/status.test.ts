import fc from "fast-check";
import { expect, test } from "vitest";
import { deviceStatus, nextStatusChangeMs, offlineAfterMs, staleAfterMs } from "./status.ts";

const minute = 60_000;
const hearing = { revoked: false, connections: 0, heardMs: 0, intervalMs: 10_000 };
const ORDER = { online: 0, stale: 1, offline: 2, never: -1, revoked: -1 };

const anyHearing = fc.record({
  revoked: fc.boolean(),
  connections: fc.nat(3),
  heardMs: fc.option(fc.integer({ min: 0, max: 10 ** 9 }), { nil: undefined }),
  intervalMs: fc.integer({ min: 100, max: 86_400_000 }),
});

test("a device is online for three intervals, then stale, after ten minutes offline", () => {
  expect(deviceStatus(hearing, 30_000)).toBe("online");
  expect(deviceStatus(hearing, 30_001)).toBe("stale");
  expect(deviceStatus(hearing, 10 * minute)).toBe("stale");
  expect(deviceStatus(hearing, 10 * minute + 1)).toBe("offline");
});

test("an open connection keeps a silent device from being offline", () => {
  expect(deviceStatus({ ...hearing, connections: 1 }, 60 * minute)).toBe("stale");
});

test("a device that reports once an hour is not offline between two reports", () => {
  const hourly = { ...hearing, intervalMs: 60 * minute };
  expect(deviceStatus(hourly, 59 * minute)).toBe("online");
  expect(deviceStatus(hourly, 200 * minute)).toBe("stale");
  expect(deviceStatus(hourly, 361 * minute)).toBe("offline");
});

test("never heard is never, revoked is revoked whatever else is known", () => {
  expect(deviceStatus({ ...hearing, heardMs: undefined }, 0)).toBe("never");
  fc.assert(
    fc.property(anyHearing, fc.nat(), (any, nowMs) => {
      expect(deviceStatus({ ...any, revoked: true }, nowMs)).toBe("revoked");
    }),
  );
});

test("silence only ever makes things worse", () => {
  fc.assert(
    fc.property(anyHearing, fc.nat(10 ** 9), fc.nat(10 ** 9), (any, nowMs, laterMs) => {
      const [before, after] = [deviceStatus(any, nowMs), deviceStatus(any, nowMs + laterMs)];
      expect(ORDER[after]).toBeGreaterThanOrEqual(ORDER[before]);
    }),
  );
});

test("the status holds until exactly the instant that is told, and differs there", () => {
  fc.assert(
    fc.property(anyHearing, fc.nat(10 ** 9), (any, silentMs) => {
      const nowMs = (any.heardMs ?? 0) + silentMs;
      const status = deviceStatus(any, nowMs);
      const nextMs = nextStatusChangeMs(any, nowMs);
      if (nextMs === undefined) {
        expect(deviceStatus(any, nowMs + 10 ** 12)).toBe(status);
        return;
      }
      expect(nextMs).toBeGreaterThan(nowMs);
      expect(deviceStatus(any, nextMs - 1)).toBe(status);
      expect(deviceStatus(any, nextMs)).not.toBe(status);
    }),
  );
});

test("offline comes after stale for every interval", () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 86_400_000 }), (intervalMs) => {
      expect(offlineAfterMs(intervalMs)).toBeGreaterThan(staleAfterMs(intervalMs));
    }),
  );
});
