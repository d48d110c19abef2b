import { cameras } from "@gatehouse/contract";
import { describe, expect, it } from "vitest";
import { type Area, MIDDLE } from "./areas.ts";
import { draftOf, isChanged, settingsFrom, wrongOf } from "./settings-draft.ts";

const settings = cameras.DEFAULT_CAMERA_SETTINGS;
const draft = draftOf(settings);

describe("a camera’s settings in the form", () => {
  it("come out as they went in", () => {
    expect(settingsFrom(draft)).toEqual(settings);
    expect(isChanged(draft, settings)).toBe(false);
  });

  it("differ as soon as one of them does", () => {
    expect(isChanged({ ...draft, mode: "events" }, settings)).toBe(true);
    const mask = { key: "a", name: "", kind: "mask", corners: MIDDLE } as const;
    expect(isChanged({ ...draft, areas: [mask] }, settings)).toBe(true);
    const zone = { key: "a", name: "Door", kind: "watch", corners: MIDDLE } as const;
    const saved = settingsFrom({ ...draft, areas: [zone] });
    expect(isChanged({ ...draft, areas: [zone] }, saved)).toBe(false);
    expect(isChanged({ ...draft, areas: [{ ...zone, loiterSeconds: 10 }] }, saved)).toBe(true);
    expect(isChanged({ ...draft, numbers: { ...draft.numbers, eventDays: undefined } }, settings)).toBe(true);
  });
});

describe("what keeps them from being saved", () => {
  it("is a number that is missing, broken or out of bounds", () => {
    const wrong = wrongOf({
      ...draft,
      numbers: { ...draft.numbers, eventDays: undefined, sensitivity: 101, preRollSeconds: 1.5 },
    });
    expect([...wrong].sort()).toEqual(["eventDays", "preRollSeconds", "sensitivity"]);
  });

  it("is a schedule without a span, and a span without days", () => {
    expect([...wrongOf({ ...draft, mode: "schedule" })]).toEqual(["schedule"]);
    const spans = [{ key: "1", days: [], from: "08:00", to: "18:00" }];
    expect([...wrongOf({ ...draft, spans })]).toEqual(["spans"]);
  });

  it("is nothing to look for, and an alarm by the clock without a time", () => {
    const detection = { ...draft.detection, classes: [] };
    expect([...wrongOf({ ...draft, detection })]).toEqual(["classes"]);
    const armed = { ...draft, detection: { ...draft.detection, arming: "schedule" } } as const;
    expect([...wrongOf(armed)]).toEqual(["armingSchedule"]);
    const armingSpans = [{ key: "1", days: [1], from: "22:00", to: "06:00" }];
    expect(settingsFrom({ ...armed, armingSpans }).detection.schedule).toEqual([
      { days: [1], fromMinute: 1_320, toMinute: 360 },
    ]);
  });

  it("is a zone without a name and an area without an inside; a mask needs no name", () => {
    const zone = { key: "a", name: " ", kind: "watch", corners: MIDDLE } as const;
    expect([...wrongOf({ ...draft, areas: [zone] })]).toEqual(["names"]);
    expect(wrongOf({ ...draft, areas: [{ ...zone, kind: "mask" }] }).size).toBe(0);
    const flat = { ...zone, name: "Door", corners: MIDDLE.map(([x]) => [x, x] as const) };
    expect([...wrongOf({ ...draft, areas: [flat] })]).toEqual(["areas"]);
  });

  it("is a zone that asks for more than it may; one that asks for nothing is sound", () => {
    const asking = (asks: Partial<Area>) => [
      ...wrongOf({ ...draft, areas: [{ key: "a", name: "Door", kind: "watch", corners: MIDDLE, ...asks }] }),
    ];
    for (const asks of [{ loiterSeconds: 0 }, { loiterSeconds: 91 }, { minScore: 0.09 }, { minScore: 0.96 }])
      expect(asking(asks)).toEqual(["asks"]);
    for (const asks of [{}, { loiterSeconds: undefined }, { loiterSeconds: 90, minScore: 0.95 }])
      expect(asking(asks)).toEqual([]);
  });
});
