import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@gatehouse/device-client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type SentReading, TestSite } from "../testing/running-agent.ts";

let site: TestSite;
beforeEach(async () => {
  site = await TestSite.open();
});
afterEach(() => site.end());

describe("an agent", () => {
  it("keeps what it measures while the server is away, and sends it late, oldest first", async () => {
    await site.server.stop();
    await site.start({}, false);
    // More than what is said at the start: a reading comes each second.
    const depth = () => Number((site.agent.status as { queueDepth?: number }).queueDepth);
    await until("readings wait", () => depth() >= 10, 60_000);
    await site.server.start();
    await until("it is sent", () => site.readings.length >= 4, 40_000);
    const times = site.readings.map(({ ts }) => ts);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times).size).toBe(times.length);
    expect(Math.max(...site.readings.map(({ values }) => Number(values.queueDepth)))).toBeGreaterThan(1);
  });

  it("goes on when one reading is refused for good, and says so", async () => {
    let poisoned: number | undefined;
    site.server.refuse = ({ value }) => {
      const list = (Array.isArray(value) ? value : [value]) as SentReading[];
      poisoned ??= list.find((item) => "values" in item)?.ts;
      return list.some(({ ts }) => ts === poisoned) ? "message.out_of_range" : undefined;
    };
    await site.start();
    await until("later readings", () => site.readings.length >= 2);
    expect(site.readings.map(({ ts }) => ts)).not.toContain(poisoned);
    await until("it is told", () => site.items.some(({ message }) => message === "sender.given_up"));
  });

  it("knows its cameras from the first moment on", async () => {
    const deviceId = "01a202ee-4148-7fc5-9f7a-f8dec6a64298";
    const folder = join(site.stateDir, "cameras", deviceId);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, "identity.json"), "{", { mode: 0o600 });
    await site.start({}, false);
    expect(site.agent.status).toMatchObject({ cameras: [{ id: deviceId, state: "damaged" }] });
  });

  it("waits when the refusal will pass", async () => {
    let refusals = 0;
    site.server.refuse = () => (refusals++ < 2 ? "message.rate_limited" : undefined);
    await site.start();
    await until("the first reading after all", () => site.readings.length >= 3, 30_000);
    const times = site.readings.map(({ ts }) => ts);
    expect(new Set(times).size).toBe(times.length);
  });
});

describe("an agent whose clock is wrong", () => {
  it("says so, and tells the time of what it measured in the server's", async () => {
    site.server.clockAheadMs = 400 * 86_400_000;
    await site.start();
    await until("a warning", () => site.logged("clock.wrong").length === 1);
    const warned = site.readings.length;
    await until(
      "more readings, which say so",
      () => site.readings.length > warned + 2 && site.readings.at(-1)?.values.clockSet === false,
    );
    const last = site.readings.at(-1) as SentReading;
    expect(Math.abs(last.ts - site.server.nowMs)).toBeLessThan(60_000);
    expect(last.values.clockSet).toBe(false);
    expect(last.values.clockOffset).toBeCloseTo(-400 * 86_400, -2);
  });
});
