import { describe, expect, it } from "vitest";
import { factsOf, secretsOf } from "./body-facts.ts";

describe("what a request says", () => {
  it("is told field by field, in the order of reading", () => {
    const scope = { kind: "site", siteId: "s" };
    expect(factsOf({ scope, role: "guard" })).toEqual([
      { field: "role", value: { kind: "role", role: "guard" } },
      { field: "scope", value: { kind: "scope", scope } },
    ]);
    expect(factsOf({ overlapSeconds: 7_200, expiresMs: 5 })).toEqual([
      { field: "overlapSeconds", value: { kind: "hours", count: 2 } },
      { field: "expiresMs", value: { kind: "time", atMs: 5 } },
    ]);
    expect(factsOf({ owner: { name: "Ada", email: "ada@example.org" } })).toEqual([
      { field: "owner", value: { kind: "text", text: "Ada, ada@example.org" } },
    ]);
  });

  it("leaves out what it has no words for, or what has another shape", () => {
    for (const body of [undefined, null, "text", 4, {}, { csrPem: "x" }, { scope: { kind: "site" } }])
      expect(factsOf(body)).toEqual([]);
    expect(factsOf({ permissions: [1], sites: "s", everywhere: "yes", name: "" })).toEqual([]);
  });
});

describe("what an act answered", () => {
  it("has its secrets found wherever they stand", () => {
    expect(secretsOf({ token: { id: "t", name: "n" }, secret: "ghp_x" })).toEqual([["secret", "ghp_x"]]);
    expect(secretsOf({ apiKey: "gh_x", credential: { kind: "api_key" } })).toEqual([["apiKey", "gh_x"]]);
    expect(secretsOf({ group: { name: "g" }, key: "k" })).toEqual([["key", "k"]]);
    expect(secretsOf(undefined)).toEqual([]);
  });
});
