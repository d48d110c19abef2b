import * as contract from "@gatehouse/contract";
import { describe, expect, it } from "vitest";
import { approvals as words } from "../../i18n/en/approvals.ts";
import { ACT_NAMES, actOf } from "./act-words.ts";

const ID = "00000000-0000-4000-8000-00000000dead";
const fourEyes = Object.values(contract)
  .flatMap((area) => Object.values(area as object))
  .filter((one: Partial<contract.AnyEndpoint> | null | undefined) => one?.fourEyes !== undefined);

describe("the acts that can need a second person", () => {
  it("are all known by their address, each with words of its own", () => {
    const names = (fourEyes as contract.AnyEndpoint[]).map(({ method, path }) =>
      actOf({ method, path: path.replace(/:\w+/g, ID) }),
    );
    expect(names).not.toContain("other");
    expect(names.sort()).toEqual([...ACT_NAMES].sort());
    expect(Object.keys(words.act).sort()).toEqual([...ACT_NAMES, "other"].sort());
  });

  it("have words for every kind an organisation can choose", () => {
    expect(Object.keys(words.kind).sort()).toEqual([...contract.FOUR_EYES_ACTS].sort());
  });
});

it("an address that none of them has is something else", () => {
  expect(actOf({ method: "POST", path: "/api/v1/people" })).toBe("other");
  expect(actOf({ method: "GET", path: `/api/v1/devices/${ID}` })).toBe("other");
  expect(actOf({ method: "DELETE", path: "/api/v1/devices/" })).toBe("other");
});
