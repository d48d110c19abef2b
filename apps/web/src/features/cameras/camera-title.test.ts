import { expect, it } from "vitest";
import { titleOf } from "./camera-title.ts";

it("is the label, and the device's name where nobody gave one", () => {
  expect(titleOf({ name: "front-gate-cam", label: "Front gate" })).toBe("Front gate");
  expect(titleOf({ name: "front-gate-cam", label: " " })).toBe("front-gate-cam");
});
