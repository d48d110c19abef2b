import { PERMISSIONS } from "@gatehouse/contract";
import { describe, expect, it } from "vitest";
import { permissions as words } from "../../i18n/en/permissions.ts";
import { byReach, concerns, PERMISSION_GROUPS } from "./permission-groups.ts";

const grouped = PERMISSION_GROUPS.flatMap(({ permissions }) => [...permissions]);

describe("the groups", () => {
  it("hold every permission but that for one’s own account, each once", () => {
    expect([...grouped, "self"].sort()).toEqual([...PERMISSIONS].sort());
  });

  it("have words for every permission, and for no other", () => {
    const named = Object.entries(words.may).flatMap(([area, acts]) =>
      Object.keys(acts).map((act) => `${area}.${act}`),
    );
    expect(named.sort()).toEqual([...grouped].sort());
    expect(Object.keys(words.group)).toEqual(PERMISSION_GROUPS.map(({ name }) => name));
  });

  it("show what is the host’s own to the host alone", () => {
    expect(concerns(false, "tenant.read")).toBe(false);
    expect(concerns(true, "tenant.read")).toBe(true);
    expect(concerns(false, "site.read")).toBe(true);
  });
});

describe("what somebody may do", () => {
  it("is told by where, the whole organisation first, one’s own account left out", () => {
    const north = { sites: ["n"], devices: [] };
    expect(
      byReach({ self: "all", "device.read": north, "site.read": { ...north }, "lab.read": "all" }),
    ).toEqual([
      { reach: "all", permissions: ["lab.read"] },
      { reach: north, permissions: ["site.read", "device.read"] },
    ]);
  });

  it("is one line for the same places in another order", () => {
    const held = byReach({
      "device.read": { sites: ["a", "b"], devices: ["d"] },
      "alert.read": { sites: ["b", "a"], devices: ["d"] },
    });
    expect(held.map(({ permissions }) => permissions)).toEqual([["device.read", "alert.read"]]);
  });
});
