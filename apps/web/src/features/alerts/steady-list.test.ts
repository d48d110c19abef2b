import type { alerts } from "@gatehouse/contract";
import { describe, expect, it } from "vitest";
import { steadyList } from "./steady-list.ts";

const alert = (id: string, raisedMs: number, state: alerts.Alert["state"] = "active"): alerts.Alert => ({
  id,
  raisedMs,
  state,
  ruleName: "Too warm",
  severity: "warning",
  deviceName: "boiler-02",
  siteName: "Les Tilleuls",
  condition: { kind: "silence", forMs: 1_000 },
});

describe("a list that does not jump", () => {
  it("keeps alerts raised after it was shown waiting", () => {
    const { rows, waiting } = steadyList([alert("c", 30), alert("b", 20)], new Map(), 20);
    expect(rows.map(({ id }) => id)).toEqual(["b"]);
    expect(waiting).toBe(1);
  });

  it("keeps a row in its place when it left the list", () => {
    const shown = new Map([
      ["b", alert("b", 20, "resolved")],
      ["a", alert("a", 10)],
    ]);
    const { rows } = steadyList([alert("c", 25), alert("a", 10)], shown, 25);
    expect(rows.map(({ id, state }) => `${id} ${state}`)).toEqual(["c active", "b resolved", "a active"]);
  });
});
