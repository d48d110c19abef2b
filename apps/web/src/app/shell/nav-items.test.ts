import * as contract from "@gatehouse/contract";
import { expect, it } from "vitest";
import { HELD_BY } from "./nav-items.ts";

it("whoever may do something that can need a second person finds the approvals", () => {
  const needed = Object.values(contract)
    .flatMap((area) => Object.values(area as object))
    .flatMap((one: Partial<contract.AnyEndpoint> | null | undefined) =>
      one?.fourEyes === undefined || one.permission === undefined ? [] : [one.permission],
    );
  expect([...HELD_BY].sort()).toEqual([...new Set(needed)].sort());
});
