import { expect, it } from "vitest";
import { filterOf, viewOf } from "./entry-filter.ts";
import { type ExportChoice, plannedFilter, planOf, requestOf } from "./export-plan.ts";

const choice: ExportChoice = { log: 2, first: "", last: "", reveal: false };

it("an export asks for what the list shows, but for its words", () => {
  const filter = filterOf({ q: "ada", kind: "device.created", outcome: "done", to: "2026-11-21" });
  expect(plannedFilter(filter, choice)).not.toHaveProperty("q");
  expect(requestOf(filter, { ...choice, reveal: true })).toEqual({
    log: 2,
    reveal: true,
    kinds: ["device.created"],
    outcome: "done",
    toMs: Date.parse("2026-11-22"),
  });
});

it("numbers of entries include both ends; what is no number bounds nothing", () => {
  const bounded = { ...choice, first: "7", last: " 9 " };
  expect(plannedFilter({}, bounded)).toEqual({ log: "2", fromIndex: "7", toIndex: "9" });
  expect(requestOf({}, bounded)).toMatchObject({ fromIndex: 7, toIndex: 10 });
  expect(requestOf({}, { ...choice, first: "-1", last: "1e3" })).toEqual({ log: 2, reveal: false });
});

it("what is empty or reaches too far is known beforehand", () => {
  expect(planOf(undefined, undefined)).toEqual({ kind: "empty" });
  expect(planOf({ index: 5 }, { index: 1_000_004 }).kind).toBe("ready");
  expect(planOf({ index: 5 }, { index: 1_000_005 }).kind).toBe("too_large");
});

it("everything about a thing is asked for by its id, and by what it is where it has none", () => {
  const id = "0191a000-0000-7000-8000-000000000001";
  expect(viewOf({ kind: "device", id })).toEqual({ about: id });
  expect(viewOf({ kind: "system", id: "system" })).toEqual({ actor: "system" });
  expect(viewOf({ kind: "server_key", id: "k-1" })).toEqual({ subject: "k-1" });
  expect(filterOf({ about: "nonsense" })).toEqual({});
});

it("sign-ins stand for every kind of log-in and session", () => {
  expect(filterOf({ kind: "sign_ins" }).kind?.split(",")).toContain("login.refused");
  expect(filterOf({ kind: "nonsense,login.done" }).kind).toBe("login.done");
});
