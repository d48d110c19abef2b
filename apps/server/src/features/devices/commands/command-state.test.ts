import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  COMMAND_STATES,
  COMMAND_TRANSITIONS,
  type CommandEvent,
  commandDiagram,
  isEnded,
  stateAfter,
  statesBefore,
} from "./command-state.ts";

const EVENTS: readonly CommandEvent[] = ["deliver", "acknowledge", "fail", "expire"];

test("whatever happens in whatever order, a command ends at most once and stays ended", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 20 }), (events) => {
      let state: keyof typeof COMMAND_TRANSITIONS = "queued";
      let endings = 0;
      for (const event of events) {
        const before: keyof typeof COMMAND_TRANSITIONS = state;
        state = COMMAND_TRANSITIONS[before][event] ?? before;
        if (isEnded(before)) expect(state).toBe(before);
        else if (isEnded(state)) endings++;
      }
      expect(endings).toBeLessThanOrEqual(1);
    }),
  );
});

test("every open command can end, and an event leads to one state from wherever it means something", () => {
  for (const state of COMMAND_STATES)
    if (!isEnded(state)) expect(Object.values(COMMAND_TRANSITIONS[state]).some(isEnded)).toBe(true);
  for (const event of EVENTS) {
    expect(statesBefore(event).length).toBeGreaterThan(0);
    for (const state of statesBefore(event))
      expect(COMMAND_TRANSITIONS[state][event]).toBe(stateAfter(event));
  }
});

test("README.md shows this table", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(readme).toContain(commandDiagram());
});
