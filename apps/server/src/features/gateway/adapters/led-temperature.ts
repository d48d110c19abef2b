import type { Adapter } from "./adapter.ts";

/**
 * The MQTT light and thermometer of seed 003, whose programs run unchanged: `led/<name>` says `ON` or `OFF`,
 * `temperature/<name>` a number, and `led/<name>/set` takes `ON` or `OFF`. The name is the device's own: what
 * made data poisoning possible there, any client writing any name, is refused here.
 */
export const ledTemperature: Adapter = {
  name: "led-temperature",
  owns: (topic) => topic.startsWith("led/") || topic.startsWith("temperature/"),
  publishes: ({ name }) => [
    [`led/${name}`, { kind: "switch", metric: "on" }],
    [`temperature/${name}`, { kind: "number", metric: "temperature" }],
  ],
  subscribes: ({ name }) => [`led/${name}/set`],
  commands({ name }, command) {
    const wanted = Object.values(command.params).find((value) => typeof value === "boolean");
    return wanted === undefined ? [] : [{ topic: `led/${name}/set`, payload: wanted ? "ON" : "OFF" }];
  },
};
