import { describe, expect, it } from "vitest";
import { diffSettings, formatSettings, parseSettings, settingAt, withSetting } from "./settings-draft.ts";

const SETTINGS = { intervalSeconds: 5, sensors: { enabled: { load: false }, diskPath: "/" } };

describe("a draft of settings", () => {
  it("is read and changed by path, and the original stays", () => {
    expect(settingAt(SETTINGS, "sensors.enabled.load")).toBe(false);
    expect(settingAt(SETTINGS, "sensors.enabled.disk")).toBeUndefined();
    expect(settingAt(SETTINGS, "intervalSeconds.x")).toBeUndefined();
    expect(settingAt(undefined, "x")).toBeUndefined();
    expect(settingAt({}, "__proto__")).toBeUndefined();
    const changed = withSetting(SETTINGS, "sensors.enabled.disk", true);
    expect(changed).toEqual({
      ...SETTINGS,
      sensors: { enabled: { load: false, disk: true }, diskPath: "/" },
    });
    expect(SETTINGS.sensors.enabled).toEqual({ load: false });
    expect(withSetting({}, "log.sendLevel", "warn")).toEqual({ log: { sendLevel: "warn" } });
  });

  it("differs setting by setting, whatever the order of names", () => {
    expect(diffSettings({ a: 1, b: { c: 2 } }, { b: { c: 2 }, a: 1, d: {} })).toEqual([]);
    expect(
      diffSettings(SETTINGS, { sensors: { diskPath: "/data", enabled: { load: false, disk: false } } }),
    ).toEqual([
      { path: "intervalSeconds", before: 5 },
      { path: "sensors.diskPath", before: "/", after: "/data" },
      { path: "sensors.enabled.disk", after: false },
    ]);
    expect(diffSettings({ a: { b: 1 } }, { a: 1 })).toEqual([
      { path: "a", after: 1 },
      { path: "a.b", before: 1 },
    ]);
  });

  it("comes out of its text as it went in, and a text that is no object is told apart", () => {
    expect(parseSettings(formatSettings(SETTINGS))).toEqual({ settings: SETTINGS });
    for (const text of ["", "{", "[]", "null", "7"]) expect(parseSettings(text)).toHaveProperty("reason");
  });
});
