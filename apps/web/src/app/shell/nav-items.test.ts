import * as contract from "@gatehouse/contract";
import { expect, it } from "vitest";
import { allowedGroups, HELD_BY, phoneTabs } from "./nav-items.ts";

it("whoever may do something that can need a second person finds the approvals", () => {
  const needed = Object.values(contract)
    .flatMap((area) => Object.values(area as object))
    .flatMap((one: Partial<contract.AnyEndpoint> | null | undefined) =>
      one?.fourEyes === undefined || one.permission === undefined ? [] : [one.permission],
    );
  expect([...HELD_BY].sort()).toEqual([...new Set(needed)].sort());
});

const pages = (rights: contract.access.AccessView) =>
  allowedGroups(rights).flatMap(({ items }) => items.map(({ to }) => to));

it("a page stands in the navigation for who may use it, and for nobody else", () => {
  const everywhere = (role: contract.Role) =>
    pages(Object.fromEntries(contract.ROLES[role].map((permission) => [permission, "all"])));
  expect(everywhere("guard")).toEqual(["/", "/devices", "/telemetry", "/cameras", "/alerts", "/gateways"]);
  expect(everywhere("auditor")).toContain("/tokens");
  expect(everywhere("operator")).not.toContain("/roles");
  expect(pages({ self: "all" })).toEqual([]);
});

it("a permission for a part opens the pages that show parts, not those about the whole", () => {
  const north = { sites: ["north"], devices: [] };
  expect(pages({ "device.read": north, "people.read": north, "settings.read": north })).toEqual([
    "/devices",
    "/gateways",
  ]);
});

it("a phone has the pages that matter on the way at its foot, and fills up where some are missing", () => {
  const items = (rights: contract.access.AccessView) => allowedGroups(rights).flatMap((group) => group.items);
  const paths = (list: readonly { to: string }[]) => list.map(({ to }) => to);
  const guard = items(Object.fromEntries(contract.ROLES.guard.map((permission) => [permission, "all"])));
  const { tabs, rest } = phoneTabs(guard);
  expect(paths(tabs)).toEqual(["/", "/devices", "/cameras", "/alerts"]);
  expect(paths(rest)).toEqual(["/telemetry", "/gateways"]);
  const few = items({ "device.read": "all", "telemetry.read": "all" });
  expect(paths(phoneTabs(few).tabs)).toEqual(["/devices", "/telemetry", "/gateways"]);
});
