import { describe, expect, it } from "vitest";
import { BLANK, bodyOf, draftOf, type RuleDraft, TEMPLATE_NAMES, TEMPLATES, wrongOf } from "./rule-draft.ts";

const draft = (change: Partial<RuleDraft>): RuleDraft => ({ ...BLANK, name: "Rule", limit: 5, ...change });

describe("a rule being written", () => {
  it("is the same rule after reading and sending it unchanged", () => {
    const drafts = [
      draft({ op: "outside", limit: 2, upper: 8, hysteresis: 0.5 }),
      draft({ kind: "rate", perMinute: 2, rateOp: "falls" }),
      draft({ kind: "silence", silentMs: 60_000, tag: "freezer" }),
      draft({ kind: "state", metric: "open", equalsKind: "off" }),
      draft({ kind: "state", metric: "mode", equalsKind: "text", equalsText: "fault" }),
      draft({ scheduled: true, days: [1, 7], from: "22:30", to: "00:00" }),
    ];
    for (const one of drafts) {
      const body = bodyOf(one);
      expect(bodyOf(draftOf(body))).toEqual(body);
    }
  });

  it("says by field what is missing", () => {
    expect(wrongOf({ ...BLANK, metric: "9" })).toEqual({ name: "name", metric: "metric", limit: "number" });
    expect(wrongOf(draft({ kind: "rate", perMinute: 0, windowMs: 1 }))).toEqual({
      perMinute: "positive",
      windowMs: "window",
    });
    expect(wrongOf(draft({ kind: "silence", silentMs: 0 }))).toEqual({ silentMs: "silence" });
    expect(wrongOf(draft({ repeatMs: 1_000, holdMs: undefined }))).toEqual({
      repeatMs: "repeat",
      holdMs: "duration",
    });
  });

  it("needs a range that leaves room for the way back", () => {
    expect(wrongOf(draft({ op: "outside", limit: 8, upper: 2 }))).toEqual({ upper: "upper" });
    expect(wrongOf(draft({ op: "outside", limit: 2, upper: 8, hysteresis: 3 }))).toEqual({
      hysteresis: "hysteresis",
    });
    expect(wrongOf(draft({ op: "outside", limit: 2, upper: 8, hysteresis: 2.9 }))).toEqual({});
  });

  it("needs days and a span when it has a schedule", () => {
    const wrong = wrongOf(draft({ scheduled: true, days: [], from: "08:00", to: "08:00" }));
    expect(wrong).toEqual({ days: "days", to: "times" });
  });

  it("can start from any template but the blank one as it is", () => {
    for (const name of TEMPLATE_NAMES.filter((one) => one !== "blank"))
      expect(wrongOf({ ...BLANK, name, ...TEMPLATES[name] }), name).toEqual({});
  });
});
