import { expect, it } from "vitest";
import { instantOfSecond, secondText } from "./clip-span.ts";

it("writes instants to the second in a zone, and reads them back, on both sides of a change of the clocks", () => {
  const zone = "Europe/Paris";
  const atMs = Date.UTC(2026, 10, 21, 20, 4, 9);
  expect(secondText(atMs, zone)).toBe("2026-11-21T21:04:09");
  for (const ms of [atMs, Date.UTC(2026, 2, 29, 0, 59, 59), Date.UTC(2026, 2, 29, 1, 0, 1)])
    expect(instantOfSecond(secondText(ms, zone), zone)).toBe(ms);
  // Browsers leave out seconds that are zero.
  expect(instantOfSecond("2026-11-21T21:04", zone)).toBe(Date.UTC(2026, 10, 21, 20, 4));
  expect(instantOfSecond("", zone)).toBeUndefined();
});
