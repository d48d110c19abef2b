import { expect, it } from "vitest";
import { demoBoard, demoRules } from "./furniture.ts";
import { FURNITURE_WORDS } from "./furniture-words.ts";
import type { DemoDevice } from "./ports.ts";

const devices = [{ id: "0191a000-0000-7000-8000-000000000001", name: "cold-store" }] as DemoDevice[];

it("rules and charts speak the organisation's language, and watch the same devices", () => {
  const { en, fr } = FURNITURE_WORDS;
  const inFrench = demoRules(devices, fr);
  expect(inFrench.map(({ name }) => name)).toEqual(Object.values(fr.rules));
  const nameless = ({ name: _, ...rule }: (typeof inFrench)[number]) => rule;
  expect(inFrench.map(nameless)).toEqual(demoRules(devices, en).map(nameless));
  const board = demoBoard(devices, fr);
  expect([board.name, ...board.charts.map(({ title }) => title)]).toEqual([
    fr.board,
    ...Object.values(fr.charts),
  ]);
  expect(board.charts.map(({ series }) => series)).toEqual(
    demoBoard(devices, en).charts.map((c) => c.series),
  );
});
