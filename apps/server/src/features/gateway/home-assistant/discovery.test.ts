import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Refused } from "../refused.ts";
import { deviceId, TENANT } from "../testing/database.ts";
import { closing, inbox, startGateway, type TestGateway, until } from "../testing/gateway.ts";
import { readDiscoveryConfig } from "./discovery-config.ts";
import { applyTemplate, parseValueTemplate } from "./value-template.ts";

test.each([
  ["{{ value }}", "7", 7, "7"],
  ["{{ value_json.temperature }}", "", { temperature: 21.5 }, 21.5],
  ["{{value_json.a.b|float}}", "", { a: { b: "3.5" } }, 3.5],
  ["{{ value_json['soil moisture'] | round(1) }}", "", { "soil moisture": 33.333 }, 33.3],
  ["{{ value_json.a | int }}", "", { a: 2.4 }, 2],
  ["{{ value_json.a | float(0) | round(2) }}", "", { a: "1.234" }, 1.23],
  ["{{ value_json.missing }}", "", { a: 1 }, undefined],
  ["{{ value_json.constructor }}", "", {}, undefined],
  ["{{ value_json.a | is_defined }}", "", { a: null }, undefined],
])("the template %s of %j", (text, payload, json, expected) => {
  const template = parseValueTemplate(text);
  expect(template && applyTemplate(template, payload, json)).toEqual(expected);
});

test.each([
  "{% if value_json.a %}1{% endif %}",
  "{{ value_json.a + 1 }}",
  "{{ value_json.a if value_json.b else 0 }}",
  "{{ ''.__class__.__mro__ }}",
  "{{ states('sensor.x') }}",
  "{{ value_json.a | regex_replace('x') }}",
  "prefix {{ value }}",
  "{{ value_json.a }}{{ value_json.b }}",
])("the template %s is not followed", (text) => {
  expect(parseValueTemplate(text)).toBeUndefined();
});

/** As Zigbee2MQTT 1.x announces a climate sensor, shortened. */
const ZIGBEE = {
  state_topic: "zigbee2mqtt/hall",
  value_template: "{{ value_json.temperature }}",
  unit_of_measurement: "°C",
  device_class: "temperature",
  state_class: "measurement",
  unique_id: "0x00158d_temperature_zigbee2mqtt",
  name: "Temperature",
  device: { identifiers: ["zigbee2mqtt_0x00158d"], name: "hall", manufacturer: "Aqara" },
};
/** As ESPHome announces a relay: abbreviated, with a base topic. */
const ESPHOME = {
  "~": "plug",
  name: "Relay",
  stat_t: "~/switch/relay/state",
  cmd_t: "~/switch/relay/command",
  avty_t: "~/status",
  uniq_id: "ESPrelay",
  dev: { ids: "a1b2c3", name: "plug", mf: "Espressif" },
};

test("a Zigbee2MQTT announcement is read", () => {
  expect(readDiscoveryConfig("homeassistant/sensor/0x00158d/temperature/config", ZIGBEE)).toMatchObject({
    discoveryId: "zigbee2mqtt_0x00158d",
    deviceName: "hall",
    entity: { metric: "temperature", kind: "number", unit: "°C", stateTopic: "zigbee2mqtt/hall" },
  });
});

test("an ESPHome announcement with abbreviations and a base topic is read", () => {
  expect(readDiscoveryConfig("homeassistant/switch/plug/relay/config", ESPHOME)).toMatchObject({
    discoveryId: "a1b2c3",
    entity: {
      metric: "relay",
      kind: "boolean",
      stateTopic: "plug/switch/relay/state",
      command: { topic: "plug/switch/relay/command", on: "ON", off: "OFF" },
    },
  });
});

test.each([
  ["homeassistant/camera/x/y/config", ZIGBEE, "the component camera is not supported"],
  ["homeassistant/sensor/x/y/config", {}, "state_topic is missing or not a topic"],
  ["homeassistant/sensor/x/y/config", { state_topic: "a/#" }, "state_topic is missing or not a topic"],
  ["homeassistant/sensor/x/y/config", [], "not a JSON object"],
  ["homeassistant/constructor/x/y/config", ZIGBEE, "the component constructor is not supported"],
  [
    "homeassistant/sensor/x/y/config",
    { state_topic: "a", value_template: "{{ 1 + 1 }}" },
    "value_template is too complex: {{ 1 + 1 }}",
  ],
])("the announcement on %s is refused with its reason", (topic, config, detail) => {
  expect(readDiscoveryConfig(topic, config)).toEqual(new Refused("message.schema", detail));
});

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
  gateway.addDevice("zigbee", { discovery: true });
  gateway.addDevice("boiler");
  gateway.addDevice("rival", { discovery: true });
}, 120_000);
afterAll(async () => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  gateway.sink.readings.length = 0;
  gateway.refused.length = 0;
  gateway.announcements.length = 0;
  gateway.settings.acceptDiscovery = true;
});
afterEach(() => gateway.dropClients());

const announce = (client: Awaited<ReturnType<TestGateway["client"]>>, topic: string, config: unknown) =>
  client.publishAsync(`homeassistant/${topic}/config`, JSON.stringify(config), { qos: 1, retain: true });

test("what a bridge announces appears as a device, and its states as readings of that device", async () => {
  const bridge = await gateway.client("zigbee");
  await announce(bridge, "sensor/0x00158d/temperature", ZIGBEE);
  await announce(bridge, "sensor/0x00158d/humidity", {
    ...ZIGBEE,
    value_template: "{{ value_json.humidity }}",
    unit_of_measurement: "%",
  });
  await announce(bridge, "binary_sensor/0x00158d/contact", {
    ...ZIGBEE,
    value_template: "{{ value_json.contact }}",
    payload_on: false,
    payload_off: true,
  });
  expect(
    gateway.announcements.map(({ discoveryId, metric }) => [discoveryId, metric.key, metric.kind]),
  ).toEqual([
    ["zigbee2mqtt_0x00158d", "temperature", "number"],
    ["zigbee2mqtt_0x00158d", "humidity", "number"],
    ["zigbee2mqtt_0x00158d", "contact", "boolean"],
  ]);
  await bridge.publishAsync(
    "zigbee2mqtt/hall",
    '{"temperature": 21.5, "humidity": 40, "contact": false, "linkquality": 90}',
    { qos: 1 },
  );
  expect(gateway.sink.readings).toMatchObject([
    {
      deviceId: deviceId(60),
      typeId: "generic",
      numbers: [
        ["temperature", 21.5],
        ["humidity", 40],
      ],
      states: [["contact", true]],
    },
  ]);
  await bridge.publishAsync("zigbee2mqtt/hall", '{"temperature": 22}', { qos: 1 });
  expect(gateway.sink.readings[1]).toMatchObject({ numbers: [["temperature", 22]], states: [] });
  await bridge.publishAsync("zigbee2mqtt/bridge/state", "online", { qos: 1 });
  expect(gateway.codes()).toEqual(["message.topic_unknown"]);
});

test("an announcement that is taken back closes its topic", async () => {
  const bridge = await gateway.client("zigbee");
  await announce(bridge, "sensor/tank/level", {
    ...ZIGBEE,
    state_topic: "tank/level",
    value_template: "{{ value | float }}",
    device: { identifiers: "tank" },
  });
  await bridge.publishAsync("tank/level", "12.5", { qos: 1 });
  await bridge.publishAsync("homeassistant/sensor/tank/level/config", "", { qos: 1, retain: true });
  await bridge.publishAsync("tank/level", "13", { qos: 1 });
  expect(gateway.sink.readings).toHaveLength(1);
  expect(gateway.codes()).toEqual(["message.topic_unknown"]);
});

test("a bridge cannot announce its way into other devices' topics, and others cannot announce", async () => {
  const bridge = await gateway.client("zigbee");
  await announce(bridge, "sensor/sly/a", { ...ZIGBEE, state_topic: "gh/boiler/up/telemetry" });
  expect(gateway.refused).toMatchObject([
    { code: "message.topic_forbidden", detail: "gh/boiler/up/telemetry" },
  ]);
  const closed = closing(bridge);
  bridge.publish("gh/boiler/up/telemetry", '{"temperature": 1}', { qos: 1 });
  await closed;
  const boiler = await gateway.client("boiler");
  await announce(boiler, "sensor/x/y", ZIGBEE);
  expect(gateway.announcements).toEqual([]);
  expect(gateway.codes().at(-1)).toBe("message.topic_unknown");
});

test("a device cannot replace or remove what another one announced", async () => {
  const bridge = await gateway.client("zigbee");
  const config = { ...ZIGBEE, state_topic: "mine/x", device: { identifiers: "mine" } };
  await announce(bridge, "sensor/mine/x", config);
  const rival = await gateway.client("rival");
  await announce(rival, "sensor/mine/x", { ...config, state_topic: "stolen/x" });
  await rival.publishAsync("homeassistant/sensor/mine/x/config", "", { qos: 1, retain: true });
  expect(gateway.codes()).toEqual(["message.topic_forbidden", "message.topic_forbidden"]);
  const seen = inbox(bridge);
  await bridge.subscribeAsync("homeassistant/sensor/mine/+/config", { qos: 1 });
  await until(() => seen.length === 1);
  expect(JSON.parse(seen[0]?.text ?? "")).toEqual(config);
});

test("a bridge hears on topics of its choice what it says itself, and no other device", async () => {
  const bridge = await gateway.client("zigbee");
  const rival = await gateway.client("rival");
  const seen = inbox(rival);
  await announce(bridge, "sensor/quiet/x", {
    ...ZIGBEE,
    state_topic: "quiet/x",
    device: { identifiers: "quiet" },
  });
  await rival.subscribeAsync(["quiet/#", "homeassistant/+/+/+/config"], { qos: 1 });
  await bridge.publishAsync("quiet/x", '{"temperature": 1}', { qos: 1 });
  await announce(bridge, "sensor/quiet/y", {
    ...ZIGBEE,
    state_topic: "quiet/y",
    device: { identifiers: "quiet" },
  });
  await announce(rival, "sensor/own/x", { ...ZIGBEE, state_topic: "own/x", device: { identifiers: "own" } });
  await until(() => seen.length > 0);
  expect(seen.map(({ topic }) => topic)).toEqual(["homeassistant/sensor/own/x/config"]);
  await expect(rival.subscribeAsync("#")).rejects.toThrow();
});

test("an announcement that cannot be followed is acknowledged and refused with its reason", async () => {
  const bridge = await gateway.client("zigbee");
  await announce(bridge, "sensor/x/y", { ...ZIGBEE, value_template: "{% set a = 1 %}" });
  expect(gateway.refused).toMatchObject([
    { code: "message.schema", detail: "value_template is too complex: {% set a = 1 %}" },
  ]);
});

test("with discovery switched off nothing is announced", async () => {
  gateway.settings.acceptDiscovery = false;
  const bridge = await gateway.client("zigbee");
  await announce(bridge, "sensor/x/z", ZIGBEE);
  expect(gateway.announcements).toEqual([]);
  expect(gateway.codes()).toEqual(["message.topic_forbidden"]);
});

test("a command for an announced switch goes through its bridge", async () => {
  const commands = await startGateway({ database: gateway.database });
  commands.addDevice("esp", { deviceId: deviceId(40), discovery: true });
  const bridge = await commands.client("esp");
  const seen = inbox(bridge);
  await bridge.subscribeAsync("plug/switch/relay/command", { qos: 1 });
  await announce(bridge, "switch/plug/relay", ESPHOME);
  const command = {
    id: deviceId(700),
    deviceId: deviceId(60),
    key: "set",
    params: { relay: true },
    state: "queued" as const,
    createdMs: 0,
    expiresMs: 4e12,
    byName: "Ada",
  };
  commands.bus.publish("command.changed", { tenantId: TENANT, command });
  await until(() => commands.delivered.length === 1);
  expect(seen).toMatchObject([{ topic: "plug/switch/relay/command", text: "ON" }]);
  await commands.stop();
});

test("after a restart a bridge's states are understood without a new announcement", async () => {
  const bridge = await gateway.client("zigbee");
  await announce(bridge, "sensor/again/temperature", {
    ...ZIGBEE,
    state_topic: "zigbee2mqtt/again",
    device: { identifiers: "again" },
  });
  await bridge.endAsync();
  await gateway.stop();
  const second = await startGateway({ database: gateway.database, devices: gateway.devices });
  const back = await second.client("zigbee");
  await until(() => second.announcements.length > 0);
  await until(async () => {
    await back.publishAsync("zigbee2mqtt/again", '{"temperature": 5}', { qos: 1 });
    return second.sink.readings.length > 0;
  });
  await second.stop();
});
