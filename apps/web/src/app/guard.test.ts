import { describe, expect, it, vi } from "vitest";
import { safeNext } from "./guard.ts";
import { textSearch } from "./search.ts";
import { initialsOf } from "./shell/user-menu.tsx";
import { htmlOrThrow, scriptUrlOrThrow } from "./trusted-types.ts";

describe("the page after log-in", () => {
  it("is one of the console's own", () => {
    expect(safeNext("/devices?q=a")).toBe("/devices?q=a");
    expect(safeNext(undefined)).toBe("/");
    for (const foreign of [
      "//evil.example",
      "/\\evil.example",
      "https://evil.example",
      "javascript:alert(1)",
      "devices",
    ]) {
      expect(safeNext(foreign), foreign).toBe("/");
    }
  });
});

describe("filters in the address", () => {
  it("keep known texts, read numbers as text and drop the rest", () => {
    const parse = textSearch("q", "offset", "status");
    expect(parse({ q: "boiler", offset: 50, status: "", other: "x" })).toEqual({ q: "boiler", offset: "50" });
    expect(parse({ q: { deep: 1 }, status: null })).toEqual({});
  });
});

describe("HTML from strings", () => {
  it("is refused unless it carries no element", () => {
    expect(htmlOrThrow("a { color: red }")).toBe("a { color: red }");
    expect(htmlOrThrow("<script></script>")).toBe("<script></script>");
    expect(() => htmlOrThrow("<img src=x onerror=alert(1)>")).toThrow(TypeError);
  });
});

describe("addresses of scripts", () => {
  it("are refused unless they are our own built files", () => {
    vi.stubGlobal("location", { origin: "https://house.example" });
    expect(scriptUrlOrThrow("/assets/judge-worker-a1_B.js")).toBe("/assets/judge-worker-a1_B.js");
    expect(scriptUrlOrThrow("/sw.js")).toBe("/sw.js");
    for (const other of [
      "https://evil.example/assets/a.js",
      "/api/v1/x.js",
      "data:text/javascript,1",
      "/assets/a.js/../../b",
    ])
      expect(() => scriptUrlOrThrow(other), other).toThrow(TypeError);
    vi.unstubAllGlobals();
  });
});

describe("initials", () => {
  it("are the first letters of the first and last word, whole characters", () => {
    expect(initialsOf("  Nadia  de la Bélanger ")).toBe("NB");
    expect(initialsOf("émile")).toBe("É");
    expect(initialsOf("𝒜da 😀")).toBe("𝒜😀");
    expect(initialsOf("")).toBe("");
  });
});
