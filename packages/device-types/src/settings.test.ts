import { Type } from "typebox";
import { describe, expect, it } from "vitest";
import { AgentSettings } from "./agent-settings.ts";
import { DEVICE_TYPES, findDeviceType } from "./registry.ts";
import { findSettingsProblems } from "./settings.ts";

const LETTERS = [..."abcdefghij"].map((letter) => Type.Literal(letter));

const problems = (document: unknown) => findSettingsProblems(AgentSettings, document);

describe("settings of a device type", () => {
  it("are those of machines that run the agent and of our camera firmware, and of no other type", () => {
    const taking = DEVICE_TYPES.filter(({ settings }) => settings !== undefined).map(({ id }) => id);
    expect(taking).toEqual(["esp32-cam", "linux-agent", "site-gateway"]);
    expect(findDeviceType("linux-agent")?.settings).toBe(AgentSettings);
    expect(findDeviceType("site-gateway")?.settings).toBe(AgentSettings);
  });

  it.each([
    {},
    { intervalSeconds: 5 },
    { sensors: { enabled: { load: false } } },
    { sensors: { diskPath: "/données/🍓" }, log: { sendLevel: "none" } },
    {
      intervalSeconds: 86_400,
      sensors: { enabled: {}, diskPath: `/${"x".repeat(255)}` },
      log: { sendLevel: "debug" },
    },
  ])("may say as little or as much as they like: %j", (document) => expect(problems(document)).toEqual([]));

  it.each([
    [{ intervalSeconds: 0 }, [{ at: "intervalSeconds", rule: "minimum", limit: "1" }]],
    [{ intervalSeconds: 86_401 }, [{ at: "intervalSeconds", rule: "maximum", limit: "86400" }]],
    [{ intervalSeconds: 1.5 }, [{ at: "intervalSeconds", rule: "type" }]],
    [{ intervalSeconds: "5" }, [{ at: "intervalSeconds", rule: "type" }]],
    [{ sensors: { enabled: { load: 1 } } }, [{ at: "sensors.enabled.load", rule: "type" }]],
    [
      { log: { sendLevel: "loud" } },
      [{ at: "log.sendLevel", rule: "choice", limit: "debug, info, warn, error, none" }],
    ],
    [{ sensors: { diskPath: "data" } }, [{ at: "sensors.diskPath", rule: "text" }]],
    [{ sensors: { diskPath: "/a\0b" } }, [{ at: "sensors.diskPath", rule: "text" }]],
    [{ sensors: { diskPath: "/\ud800" } }, [{ at: "sensors.diskPath", rule: "text" }]],
    [
      { sensors: { diskPath: `/${"x".repeat(256)}` } },
      [{ at: "sensors.diskPath", rule: "length", limit: "256" }],
    ],
    [{ commands: { x: { argv: ["/bin/sh"] } } }, [{ at: "commands", rule: "unknown" }]],
    [JSON.parse('{"__proto__":{"a":1}}'), [{ at: "__proto__", rule: "unknown" }]],
    [[], [{ at: "", rule: "type" }]],
    [null, [{ at: "", rule: "type" }]],
    [
      { intervalSeconds: 0, sensors: { enabled: { wifi: true } } },
      [
        { at: "intervalSeconds", rule: "minimum", limit: "1" },
        { at: "sensors.enabled.wifi", rule: "unknown" },
      ],
    ],
  ])("name what is wrong with %j", (document, expected) => expect(problems(document)).toEqual(expected));

  it("are never sound for having more choices than there are errors told", () => {
    const schema = Type.Object({ letter: Type.Union(LETTERS) }, { additionalProperties: false });
    expect(findSettingsProblems(schema, { letter: "j" })).toEqual([]);
    expect(findSettingsProblems(schema, { letter: "k" })).not.toEqual([]);
  });
});
