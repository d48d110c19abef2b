import { expect, it } from "vitest";
import { Route } from "./route.ts";

const route = new Route(
  [
    { to: [0, 0] },
    { to: [0, 6] },
    { to: [3, 6], waitSeconds: 4, facing: 0, doing: "reach" },
    { to: [3, 12] },
  ],
  1.5,
);

it("takes as long as the way and the waiting", () => {
  expect(route.seconds).toBeCloseTo(6 / 1.5 + 3 / 1.5 + 4 + 6 / 1.5);
});

it("never jumps: a tenth of a second moves nobody by more than a step, and turns nobody by more than a third of a turn", () => {
  for (let s = 0; s < route.seconds; s += 0.1) {
    const a = route.at(s);
    const b = route.at(s + 0.1);
    expect(Math.hypot(b.x - a.x, b.z - a.z)).toBeLessThan(0.2);
    expect(b.metres).toBeGreaterThanOrEqual(a.metres - 1e-9);
    expect(Math.abs(Math.atan2(Math.sin(b.yaw - a.yaw), Math.cos(b.yaw - a.yaw)))).toBeLessThan(2.1);
  }
});

it("stands with a hand out while it waits, and walks before and after", () => {
  expect(route.at(8)).toMatchObject({ stride: 0, reach: 1 });
  expect(route.at(2)).toMatchObject({ stride: 1, reach: 0 });
});
