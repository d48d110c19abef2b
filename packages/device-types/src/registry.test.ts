import { existsSync, readdirSync } from "node:fs";
import type { AppError } from "@gatehouse/base";
import { describe, expect, it } from "vitest";
import { DEVICE_TYPES, findDeviceType, getCommand, isCameraType } from "./index.ts";

const here = new URL("./", import.meta.url);
const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe("the catalogue of device types", () => {
  it("has each folder once, each with its test", () => {
    expect(DEVICE_TYPES.map(({ id }) => id).sort()).toEqual(folders.map(({ name }) => name).sort());
    for (const { name } of folders) expect(existsSync(new URL(`${name}/${name}.test.ts`, here))).toBe(true);
  });

  it("finds a type by its id and nothing by another word", () => {
    expect(findDeviceType("plug")?.label.en).toBe("Plug");
    for (const id of ["", "Plug", "toaster", "__proto__", "constructor"])
      expect(findDeviceType(id)).toBeUndefined();
  });

  it("knows which types send pictures", () => {
    const cameras = DEVICE_TYPES.filter(({ id }) => isCameraType(id)).map(({ id }) => id);
    expect(cameras).toEqual(["esp32-cam", "camera"]);
    expect([isCameraType("toaster"), isCameraType("__proto__")]).toEqual([false, false]);
  });
});

describe("a command", () => {
  const led = findDeviceType("led");
  if (led === undefined) throw new Error("the LED is missing");
  const codeOf = (key: string, params: unknown) => {
    try {
      getCommand(led, key, params);
    } catch (error) {
      return (error as AppError).code;
    }
  };

  it("is found when its parameters fit", () => {
    expect(getCommand(led, "set", { on: true })).toMatchObject({ key: "set", ttlMs: 30_000 });
    expect(getCommand(led, "set", { brightness: 40 })).toMatchObject({ key: "set" });
  });

  it("is refused when the type does not have it", () => {
    expect(codeOf("explode", {})).toBe("device.command_unknown");
    expect(codeOf("constructor", {})).toBe("device.command_unknown");
  });

  it.each([
    {},
    { on: "yes" },
    { on: true, extra: 1 },
    { brightness: 101 },
    { brightness: Number.NaN },
    null,
    [],
    "on",
  ])("is refused with parameters %j", (params) => expect(codeOf("set", params)).toBe("request.invalid"));
});
