import { virtualClock } from "@gatehouse/testkit";
import { describe, expect, it } from "vitest";
import { nextBatch } from "./batch.ts";
import { type Entry, encodeEntry } from "./entry.ts";
import { TimeKeeper } from "./time-keeper.ts";

const clock = virtualClock(Date.UTC(2026, 6, 1));
const time = new TimeKeeper(clock, { bootId: "boot", uptimeMs: () => clock.monotonicMs() });
const ago = (seconds: number) => ({ wallMs: clock.nowMs() - seconds * 1000, uptimeMs: 0, bootId: "boot" });
const reading = (seconds: number): Entry => ({
  kind: "reading",
  ...ago(seconds),
  values: { load1: seconds },
});
const line = (seconds: number): Entry => ({
  kind: "log",
  ...ago(seconds),
  level: "warn",
  message: "sensor.failed",
  data: { sensor: "disk", kind: "not the line's", ts: 1 },
});

const batchOf = (...entries: (Entry | Uint8Array)[]) =>
  nextBatch(
    entries.map((entry, i) => ({
      number: i + 1,
      payload: entry instanceof Uint8Array ? entry : encodeEntry(entry),
    })),
    time,
  );
const bodyOf = (batch: ReturnType<typeof batchOf>) =>
  JSON.parse(Buffer.from(batch?.message?.payload ?? []).toString());

describe("the next message", () => {
  it("takes readings together, up to the first that is something else", () => {
    const batch = batchOf(reading(3), reading(2), line(1), reading(0));
    expect(batch).toMatchObject({ lastNumber: 2, count: 2, isReadings: true });
    expect(bodyOf(batch)).toEqual([
      { ts: clock.nowMs() - 3_000, values: { load1: 3 } },
      { ts: clock.nowMs() - 2_000, values: { load1: 2 } },
    ]);
    expect(batch?.message).not.toHaveProperty("storedLate");
  });

  it("does not mix what is late with what is not; the late is sealed singly and marked", () => {
    const batch = batchOf(reading(9_000), reading(8_000), reading(1));
    expect(batch).toMatchObject({ lastNumber: 2, message: { single: true, storedLate: true } });
  });

  it("is one line of the log, whose own fields cannot pass for ours", () => {
    expect(bodyOf(batchOf(line(1), line(0)))).toEqual({
      kind: "log",
      ts: clock.nowMs() - 1_000,
      record: 1,
      level: "warn",
      message: "sensor.failed",
      sensor: "disk",
    });
  });

  it("is sealed singly when it is an error, because that may have to be shown to others", () => {
    const alarm: Entry = { kind: "log", ...ago(1), level: "error", message: "store.dropped", data: {} };
    expect(batchOf(alarm)?.message).toMatchObject({ single: true, storedLate: false });
    expect(batchOf(line(1))?.message).not.toHaveProperty("single");
  });

  it("tells a reading of unknown time as an event, because at a wrong time it would be a false reading", () => {
    const batch = batchOf({
      kind: "reading",
      wallMs: 5_000,
      uptimeMs: 5,
      bootId: "before",
      values: { load1: 1 },
    });
    expect(bodyOf(batch)).toEqual({
      kind: "event",
      type: "reading.time_unknown",
      record: 1,
      values: { load1: 1 },
    });
  });

  it("passes over what another version wrote, and is nothing when there is nothing", () => {
    expect(batchOf(Buffer.from("{}"), Buffer.from("\0"), reading(0))).toMatchObject({
      lastNumber: 3,
      count: 1,
    });
    expect(batchOf(Buffer.from("{}"))).toMatchObject({ lastNumber: 1, message: undefined });
    expect(batchOf()).toBeUndefined();
  });
});
