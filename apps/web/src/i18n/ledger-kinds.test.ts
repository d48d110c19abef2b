import { ledger } from "@gatehouse/contract";
import { expect, it } from "vitest";
import { ledgerKinds } from "./en/ledger-kinds.ts";

it("every kind that the ledger keeps has words, and no other", () => {
  const named = Object.entries(ledgerKinds).flatMap(([area, acts]) =>
    Object.keys(acts).map((act) => `${area}.${act}`),
  );
  expect(named.sort()).toEqual([...ledger.LEDGER_KIND_NAMES].sort());
});
