import { cameras } from "@gatehouse/contract";
import { describe, expect, it } from "vitest";
import { densityPath, gapsOf, isScheduled, reasonOf } from "./lane.ts";

const settings = cameras.DEFAULT_CAMERA_SETTINGS.recording;
const HOUR_MS = 3_600_000;

describe("density", () => {
  it("draws a bar for each recorded bucket, none where nothing is recorded", () => {
    const path = densityPath("-09-");
    expect(path.match(/M/g)).toHaveLength(2);
    expect(path).toContain("M1 0h0.84v-0.050");
    expect(path).toContain("M2 0h0.84v-1.000");
  });
});

describe("gaps", () => {
  const view = { fromMs: 1_000, toMs: 9_000 };
  it("are what is in view and not recorded, up to now", () => {
    expect(gapsOf([], view, 20_000)).toEqual([{ fromMs: 1_000, toMs: 9_000 }]);
    expect(
      gapsOf(
        [
          [0, 2_000],
          [4_000, 5_000],
        ],
        view,
        7_000,
      ),
    ).toEqual([
      { fromMs: 2_000, toMs: 4_000 },
      { fromMs: 5_000, toMs: 7_000 },
    ]);
    expect(gapsOf([[0, 10_000]], view, 20_000)).toEqual([]);
  });

  it("are the schedule's only where it leaves the time out, by the site's clock", () => {
    const schedule = [{ days: [4], fromMinute: 22 * 60, toMinute: 6 * 60 }];
    const zone = "America/Toronto";
    // Thursday 19 November 2026, 14:00 in Toronto.
    const afternoonMs = Date.UTC(2026, 10, 19, 19);
    const at = (ms: number) => ({ fromMs: ms, toMs: ms + 1_000 });
    const byClock = { ...settings, mode: "schedule" as const, schedule };
    expect(reasonOf(at(afternoonMs), byClock, zone)).toBe("schedule");
    expect(reasonOf(at(afternoonMs + 9 * HOUR_MS), byClock, zone)).toBe("nothing");
    expect(isScheduled(schedule, afternoonMs + 15 * HOUR_MS, zone)).toBe(true);
    expect(isScheduled(schedule, afternoonMs + 17 * HOUR_MS, zone)).toBe(false);
    expect(reasonOf(at(afternoonMs), { ...settings, mode: "continuous" }, zone)).toBe("nothing");
    expect(reasonOf(at(afternoonMs), { ...settings, mode: "off" }, zone)).toBe("off");
  });
});
