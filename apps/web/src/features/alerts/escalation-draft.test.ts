import { expect, test } from "vitest";
import { areStepsRight, escalationOf, nextStep, type StepDraft, wrongStep } from "./escalation-draft.ts";
import { BLANK, bodyOf, draftOf, wrongOf } from "./rule-draft.ts";

const MINUTE_MS = 60_000;
const STEPS: StepDraft[] = [
  { afterMs: 5 * MINUTE_MS, channelIds: ["a"] },
  { afterMs: 10 * MINUTE_MS, channelIds: ["b", "c"] },
];

test("steps that were read are written as they were, and none are not written", () => {
  const draft = { ...BLANK, name: "r", limit: 3, steps: STEPS };
  expect(bodyOf(draft).escalation).toEqual(escalationOf(STEPS));
  expect(draftOf(bodyOf(draft)).steps).toEqual(STEPS);
  expect(bodyOf({ ...draft, steps: [] }).escalation).toBeUndefined();
});

test("a step has a time from a minute to a day, later than the one before, and a channel", () => {
  expect(areStepsRight(STEPS)).toBe(true);
  const second = (part: Partial<StepDraft>) =>
    wrongStep([STEPS[0], { ...STEPS[1], ...part }] as StepDraft[], 1);
  expect(second({ afterMs: undefined })).toBe("stepTime");
  expect(second({ afterMs: 25 * 60 * MINUTE_MS })).toBe("stepTime");
  expect(second({ afterMs: 5 * MINUTE_MS })).toBe("stepOrder");
  expect(second({ channelIds: [] })).toBe("stepChannels");
  expect(wrongOf({ ...BLANK, name: "r", limit: 3, steps: [{ afterMs: 1, channelIds: [] }] })).toEqual({
    steps: "steps",
  });
});

test("a further step comes twice as late", () => {
  expect(nextStep([]).afterMs).toBe(5 * MINUTE_MS);
  expect(nextStep(STEPS).afterMs).toBe(20 * MINUTE_MS);
  expect(nextStep([{ afterMs: 86_400_000, channelIds: [] }]).afterMs).toBe(86_400_000);
});
