import { findDeviceType } from "@gatehouse/device-types";
import { describe, expect, it } from "vitest";
import { fieldsOf, guessValue, paramValue } from "./command-params.ts";

const paramsOf = (typeId: string) => findDeviceType(typeId)?.commands[0]?.params ?? {};

describe("a command's form", () => {
  it("has a field for each parameter of the type's schema", () => {
    expect(fieldsOf(paramsOf("led"))).toEqual([
      { name: "on", kind: "boolean", required: false },
      { name: "brightness", kind: "number", required: false, min: 0, max: 100 },
    ]);
    expect(fieldsOf(paramsOf("plug"))).toEqual([{ name: "on", kind: "boolean", required: true }]);
  });

  it("offers the choices of an enumeration", () => {
    const schema = { properties: { mode: { anyOf: [{ const: "eco" }, { const: "boost" }] } } };
    expect(fieldsOf(schema)).toEqual([
      { name: "mode", kind: "choice", required: false, choices: ["eco", "boost"] },
    ]);
  });

  it("has no fixed fields when the type takes any names", () => {
    expect(fieldsOf(paramsOf("generic"))).toBeUndefined();
  });
});

describe("what was typed", () => {
  it("is sent in the parameter's type", () => {
    expect(paramValue({ kind: "boolean" }, "false")).toBe(false);
    expect(paramValue({ kind: "number" }, "0.5")).toBe(0.5);
    expect(paramValue({ kind: "string" }, "1")).toBe("1");
    expect(paramValue({ kind: "number" }, "")).toBeUndefined();
  });

  it("is guessed for a free name", () => {
    expect(["true", "12.5", " ", "12 V", "Infinity"].map(guessValue)).toEqual([
      true,
      12.5,
      " ",
      "12 V",
      "Infinity",
    ]);
  });
});
