import { describe, expect, it } from "vitest";
import { createFormat } from "./format.ts";
import { localeOf } from "./locale.ts";

const at = Date.UTC(2026, 10, 19, 19, 2, 37, 4);
const en = createFormat("en", "America/Toronto");
const fr = createFormat("fr", "America/Toronto");

describe("numbers and times", () => {
  it("are written as in the design, in English", () => {
    expect(en.dateTime(at)).toBe("19 Nov 2026, 14:02:37");
    expect(en.dateMinute(at)).toBe("19 Nov 2026, 14:02");
    expect(en.percent(0.016)).toBe("1.6%");
    expect(en.quantity(61.4, "°C")).toBe("61.4\u00a0°C");
    expect(en.quantity(40, "%", 0)).toBe("40%");
    expect(en.number(1906)).toBe("1,906");
    expect(en.bytes(141_200)).toBe("141\u00a0kB");
    expect(en.longDate(at)).toBe("Thursday, 19 November 2026");
  });

  it("are written as in the design, in French", () => {
    expect(fr.dateTime(at)).toMatch(/^19 nov\. 2026, 14\sh\s02\smin\s37\ss$/u);
    expect(fr.dateMinute(at)).toMatch(/^19 nov\. 2026, 14\sh\s02$/u);
    expect(fr.percent(0.016)).toBe("1,6\u202f%");
    expect(fr.quantity(61.4, "°C")).toBe("61,4\u00a0°C");
    expect(fr.quantity(40, "%", 0)).toBe("40\u202f%");
    expect(fr.bytes(1_500_000)).toBe("1,5\u00a0Mo");
    expect(fr.longDate(at)).toBe("jeudi 19 novembre 2026");
  });

  it("show the clock alike in both languages, in the site's zone", () => {
    expect(en.clock(at)).toBe("14:02:37");
    expect(fr.clockMs(at)).toBe("14:02:37.004");
    expect(createFormat("en", "Europe/Paris").clockMinute(at)).toBe("20:02");
  });

  it("say their zone where they are of another place than the page", () => {
    const paris = createFormat("en", "Europe/Paris", true);
    expect(paris.dateTime(at)).toBe("19 Nov 2026, 20:02:37 CET");
    expect(paris.dateMinute(at)).toBe("19 Nov 2026, 20:02 CET");
    expect([paris.clock(at), paris.zone(at), en.zone(at)]).toEqual(["20:02:37", "CET", ""]);
    const toronto = createFormat("en", "America/Toronto", true);
    expect([toronto.zone(at), toronto.dateMinute(at).slice(-5)]).toEqual(["GMT\u22125", "GMT\u22125"]);
    expect(createFormat("fr", "America/Toronto", true).dateMinute(at)).toMatch(/, 14\sh\s02 HNE$/u);
  });

  it("are relative under one hour and absolute from there", () => {
    expect(en.since(at, at + 42_000)).toBe("42 sec ago");
    expect(en.since(at, at + 125_000)).toBe("2 min ago");
    expect(fr.since(at, at + 125_000)).toMatch(/^il y a 2\smin$/u);
    expect(en.since(at, at + 3_600_000)).toBe("19 Nov 2026, 14:02");
    expect(en.since(at, at - 5_000)).toBe("now");
  });

  it("name a duration by its largest unit", () => {
    expect(en.duration(42_000)).toBe("42\u00a0s");
    expect(en.duration(26 * 60_000)).toBe("26\u00a0min");
    expect(en.duration(5 * 3_600_000)).toBe("5\u00a0h");
    expect(fr.duration(3 * 86_400_000)).toBe("3\u00a0j");
  });
});

describe("the first language", () => {
  it("is the first of the browser's that the console speaks", () => {
    expect(localeOf(["de-AT", "fr-CA", "en"])).toBe("fr");
    expect(localeOf(["EN-us"])).toBe("en");
    expect(localeOf(["ja"])).toBe("en");
  });
});
