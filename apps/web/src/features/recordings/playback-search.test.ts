import { expect, it } from "vitest";
import { playbackSearch, startOf } from "./playback-search.ts";

it("an address leads back to the same instant and span", () => {
  const search = playbackSearch(["a", "b"], Date.UTC(2026, 10, 19, 13, 47, 52, 118), 1_800_000);
  expect(search).toEqual({ cameras: "a,b", at: "2026-11-19T13:47:52.118Z", span: "1800s" });
  expect(startOf(search)).toEqual({ atMs: Date.UTC(2026, 10, 19, 13, 47, 52, 118), spanMs: 1_800_000 });
});

it("an address that says nothing, or nonsense, begins with the last six hours", () => {
  expect(startOf({})).toEqual({ spanMs: 6 * 3_600_000 });
  expect(startOf({ at: "yesterday", span: "-4s" })).toEqual({ spanMs: 6 * 3_600_000 });
  expect(startOf({ at: "2026-11-19", span: "99999999s" }).spanMs).toBe(3_600_000);
});
