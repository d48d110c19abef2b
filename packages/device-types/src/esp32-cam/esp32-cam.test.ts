import { expect, test } from "vitest";
import { describeDeviceType } from "../conformance.ts";
import { findSettingsProblems } from "../settings.ts";
import { esp32Cam } from "./index.ts";
import { Esp32CamSettings } from "./settings.ts";
import { vectors } from "./vectors.ts";

describeDeviceType(esp32Cam, vectors);

const problems = (document: unknown) => findSettingsProblems(Esp32CamSettings, document);

test("a camera's settings stay within what the board can do", () => {
  expect(problems({ frameSize: "uxga", quality: 12, fps: 15, lamp: 100, flip: "both" })).toEqual([]);
  const wrong = problems({ frameSize: "qxga", quality: 3, fps: 31, lamp: 101, flip: "up" });
  expect(wrong.map(({ at, rule }) => [at, rule])).toEqual([
    ["frameSize", "choice"],
    ["quality", "minimum"],
    ["fps", "maximum"],
    ["lamp", "maximum"],
    ["flip", "choice"],
  ]);
});
