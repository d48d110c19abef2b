import type { devices } from "@gatehouse/contract";
import mqtt from "mqtt";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { deviceId, TENANT } from "../testing/database.ts";
import { startGateway, type TestGateway, until } from "../testing/gateway.ts";
import { startMosquitto, whyNotInstalled } from "../testing/outside.ts";

const missing = whyNotInstalled("mosquitto");
if (missing !== undefined) console.warn(`the bridge to Home Assistant is skipped: ${missing}`);

const device = (n: number, typeId: string, name: string): devices.Device => ({
  id: deviceId(n),
  name,
  label: "",
  typeId,
  siteId: deviceId(99),
  siteName: "Home",
  tags: [],
  status: "online",
  intervalMs: 10_000,
  createdMs: 0,
  demo: false,
  metrics: [],
  commands: [],
  last: [],
});

describe.skipIf(missing !== undefined)("the bridge to Home Assistant's broker", () => {
  let broker: Awaited<ReturnType<typeof startMosquitto>>;
  let gateway: TestGateway;
  /** What the broker retains, by topic: what Home Assistant finds when it starts. */
  let retained: Map<string, string>;
  let homeAssistant: mqtt.MqttClient;

  beforeAll(async () => {
    broker = await startMosquitto();
    gateway = await startGateway();
    retained = new Map();
    homeAssistant = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    homeAssistant.on("message", (topic, payload) => {
      if (payload.length === 0) retained.delete(topic);
      else retained.set(topic, payload.toString());
    });
    await homeAssistant.subscribeAsync("#", { qos: 1 });
  }, 120_000);
  afterAll(async () => {
    homeAssistant.end(true);
    await gateway[Symbol.asyncDispose]();
    await broker[Symbol.asyncDispose]();
  });

  const state = () => gateway.gateway.homeAssistant().state;
  const root = `gatehouse/${TENANT}`;
  const node = (n: number) => `gatehouse_${TENANT}_${deviceId(n)}`;
  const configs = (): string[] => [...retained.keys()].filter((topic) => topic.endsWith("/config")).sort();

  async function switchOn(more: object = {}): Promise<void> {
    gateway.bridge = {
      tenantId: TENANT,
      url: `mqtt://127.0.0.1:${broker.port}`,
      user: "",
      password: "",
      prefix: "homeassistant",
      allowPrivate: true,
      ...more,
    };
    gateway.bus.publish("settings.changed", { tenantId: TENANT });
  }

  beforeEach(async () => {
    gateway.bridge = undefined;
    gateway.bus.publish("settings.changed", { tenantId: TENANT });
    await until(() => state() === "off");
    gateway.inventory.length = 0;
    gateway.watched.clear();
    gateway.sent.length = 0;
    for (const topic of retained.keys())
      await homeAssistant.publishAsync(topic, "", { retain: true, qos: 1 });
    retained.clear();
  });

  test("announces every metric with its unit, availability and last value", async () => {
    gateway.inventory.push({
      ...device(1, "thermometer", "hall"),
      last: [{ metric: "temperature", value: 21.5, tsMs: 0 }],
    });
    await switchOn();
    await until(() => retained.get(`${root}/${deviceId(1)}/temperature/state`) === "21.5");
    expect(configs()).toEqual(
      ["battery", "humidity", "temperature"].map(
        (metric) => `homeassistant/sensor/${node(1)}/${metric}/config`,
      ),
    );
    expect(
      JSON.parse(retained.get(`homeassistant/sensor/${node(1)}/temperature/config`) ?? ""),
    ).toMatchObject({
      unique_id: `${node(1)}_temperature`,
      state_topic: `${root}/${deviceId(1)}/temperature/state`,
      unit_of_measurement: "°C",
      device_class: "temperature",
      state_class: "measurement",
      availability_mode: "all",
      device: { identifiers: [node(1)], name: "hall", manufacturer: "Gatehouse", model: "Thermometer" },
    });
    expect(retained.get(`${root}/availability`)).toBe("online");
    expect(retained.get(`${root}/${deviceId(1)}/availability`)).toBe("online");
    expect(state()).toBe("connected");
  });

  test("publishes readings and availability as they come", async () => {
    gateway.inventory.push(device(2, "led", "lamp"));
    await switchOn();
    await until(() => configs().length > 0);
    const reading = { tenantId: TENANT, deviceId: deviceId(2), typeId: "led", tsMs: 0, receivedMs: 0 };
    gateway.bus.publish("readings.stored", {
      readings: [
        { ...reading, numbers: [["brightness", 10]], states: [["on", false]] },
        { ...reading, numbers: [["brightness", 60]], states: [["on", true]] },
        { ...reading, deviceId: deviceId(50), numbers: [["x", 1]], states: [] },
      ],
    });
    gateway.bus.publish("device.status", {
      tenantId: TENANT,
      deviceId: deviceId(2),
      status: "offline",
      atMs: 0,
    });
    await until(() => retained.get(`${root}/${deviceId(2)}/on/state`) === "ON");
    await until(() => retained.get(`${root}/${deviceId(2)}/brightness/state`) === "60");
    await until(() => retained.get(`${root}/${deviceId(2)}/availability`) === "offline");
    expect([...retained.keys()].some((topic) => topic.includes(deviceId(50)))).toBe(false);
  });

  describe("of a camera", () => {
    const camera = { tenantId: TENANT, cameraId: deviceId(4) };
    const stateOf = (key: string) => retained.get(`${root}/${deviceId(4)}/${key}/state`);
    const box = { label: "person", score: 0.9, x: 0, y: 0, width: 0.1, height: 0.4 };
    const began = (eventId: string, kind: "motion" | "person") =>
      gateway.bus.publish("camera.event", {
        ...camera,
        eventId: deviceId(Number(eventId)),
        kind,
        startMs: 1,
      });
    const ended = (eventId: string, kind: "motion" | "person") =>
      gateway.bus.publish("camera.event", {
        ...{ ...camera, eventId: deviceId(Number(eventId)), kind },
        ...{ startMs: 1, endMs: 2 },
      });
    const found = (people: number) =>
      gateway.bus.publish("camera.found", {
        ...{ ...camera, takenMs: 1, model: "test" },
        boxes: [...Array.from({ length: people }, () => box), { ...box, label: "dog" }],
      });

    test("says whether something moves, whether somebody is there, and how many", async () => {
      gateway.inventory.push(device(4, "camera", "yard"));
      gateway.watched.set(deviceId(4), { motion: true, people: true });
      const said: string[] = [];
      const listen = (topic: string, payload: Buffer) =>
        topic.endsWith("/_person/state") && said.push(payload.toString());
      homeAssistant.on("message", listen);
      await switchOn();
      await until(() => stateOf("_people") === "0");
      expect(configs()).toEqual([
        `homeassistant/binary_sensor/${node(4)}/_motion/config`,
        `homeassistant/binary_sensor/${node(4)}/_person/config`,
        `homeassistant/sensor/${node(4)}/_people/config`,
        `homeassistant/sensor/${node(4)}/uptime/config`,
      ]);
      expect(
        JSON.parse(retained.get(`homeassistant/binary_sensor/${node(4)}/_person/config`) ?? ""),
      ).toMatchObject({
        name: "Person",
        device_class: "occupancy",
        state_topic: `${root}/${deviceId(4)}/_person/state`,
      });
      expect([stateOf("_motion"), stateOf("_person")]).toEqual(["OFF", "OFF"]);
      began("81", "motion");
      found(2);
      began("82", "person");
      await until(
        () => stateOf("_motion") === "ON" && stateOf("_person") === "ON" && stateOf("_people") === "2",
      );
      found(1);
      await until(() => stateOf("_people") === "1");
      ended("82", "person");
      await until(() => stateOf("_person") === "OFF" && stateOf("_people") === "0");
      expect(stateOf("_motion")).toBe("ON");
      // Heard of when it is over: nobody is there now.
      ended("83", "person");
      ended("81", "motion");
      await until(() => stateOf("_motion") === "OFF");
      expect(stateOf("_person")).toBe("OFF");
      expect(said).toEqual(["OFF", "ON", "OFF"]);
      homeAssistant.off("message", listen);
    });

    test("says it of what goes on when the connection comes back", async () => {
      gateway.inventory.push(device(4, "camera", "yard"));
      gateway.watched.set(deviceId(4), { motion: true, people: true });
      found(1);
      began("84", "person");
      await switchOn();
      await until(() => stateOf("_person") === "ON" && stateOf("_people") === "1");
      ended("84", "person");
      await until(() => stateOf("_person") === "OFF");
    });

    test("says nothing of what it does not look for, and takes it back when that is switched off", async () => {
      gateway.inventory.push(device(4, "camera", "yard"));
      gateway.watched.set(deviceId(4), { motion: true, people: true });
      await switchOn();
      await until(() => configs().length === 4);
      gateway.watched.set(deviceId(4), { motion: true, people: false });
      gateway.bus.publish("camera.changed", camera);
      await until(() => configs().length === 2);
      expect(configs().some((topic) => topic.includes("_people") || topic.includes("_person"))).toBe(false);
    });
  });

  test("takes Home Assistant's commands back, and not those that were retained", async () => {
    gateway.inventory.push(device(2, "led", "lamp"));
    await homeAssistant.publishAsync(`${root}/${deviceId(2)}/on/set`, "OFF", { retain: true, qos: 1 });
    await switchOn();
    await until(() => state() === "connected" && configs().length > 0);
    await homeAssistant.publishAsync(`${root}/${deviceId(2)}/on/set`, "ON", { qos: 1 });
    await homeAssistant.publishAsync(`${root}/${deviceId(2)}/on/set`, "perhaps", { qos: 1 });
    await homeAssistant.publishAsync(`${root}/${deviceId(2)}/brightness/set`, "40", { qos: 1 });
    await until(() => gateway.sent.length === 2);
    expect(gateway.sent).toEqual([
      { deviceId: deviceId(2), key: "set", params: { on: true } },
      { deviceId: deviceId(2), key: "set", params: { brightness: 40 } },
    ]);
  });

  test("a device that is deleted disappears there, also one that was deleted while we were away", async () => {
    gateway.inventory.push(device(1, "contact", "door"), device(2, "contact", "window"));
    const stale = `homeassistant/sensor/${node(7)}/temperature/config`;
    const foreign = "homeassistant/sensor/gatehouse_other_1/temperature/config";
    await homeAssistant.publishAsync(stale, "{}", { retain: true, qos: 1 });
    await homeAssistant.publishAsync(foreign, "{}", { retain: true, qos: 1 });
    await switchOn();
    await until(() => configs().some((topic) => topic.includes(node(1))) && !retained.has(stale));
    gateway.inventory.shift();
    gateway.bus.publish("device.changed", { tenantId: TENANT, deviceId: deviceId(1), change: "removed" });
    await until(() => ![...retained.keys()].some((topic) => topic.includes(deviceId(1))));
    expect(configs().some((topic) => topic.includes(node(2)))).toBe(true);
    expect(retained.has(foreign)).toBe(true);
  });

  test("a device that is added later is announced", async () => {
    await switchOn();
    await until(() => state() === "connected");
    gateway.inventory.push(device(3, "thermometer", "cellar"));
    gateway.bus.publish("device.changed", { tenantId: TENANT, deviceId: deviceId(3), change: "added" });
    await until(() => configs().some((topic) => topic.includes(node(3))));
  });

  test("says offline when it is switched off", async () => {
    await switchOn();
    await until(() => retained.get(`${root}/availability`) === "online");
    gateway.bridge = undefined;
    gateway.bus.publish("settings.changed", { tenantId: TENANT });
    await until(() => retained.get(`${root}/availability`) === "offline");
    expect(gateway.gateway.homeAssistant()).toEqual({ state: "off" });
  });

  test("a broker that is not there, and an address that is not allowed, are a clear state", async () => {
    await switchOn({ url: "mqtt://127.0.0.1:1" });
    await until(() => state() === "failing");
    expect(gateway.gateway.homeAssistant().error).toContain("ECONNREFUSED");
    await switchOn({ allowPrivate: false });
    await until(() => gateway.gateway.homeAssistant().error?.includes("url.forbidden") ?? false);
    await switchOn({ url: "http://127.0.0.1" });
    await until(() => gateway.gateway.homeAssistant().error === "url.forbidden scheme");
  });

  test("comes back by itself when the broker does", async () => {
    gateway.inventory.push(device(1, "contact", "door"));
    await switchOn();
    await until(() => configs().length > 0);
    // The broker drops the older connection of a client id that comes a second time.
    const thief = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
      clientId: `gatehouse-${TENANT}`,
      reconnectPeriod: 0,
    });
    await until(() => state() === "failing" || retained.get(`${root}/availability`) === "offline");
    await thief.endAsync();
    await until(() => state() === "connected" && retained.get(`${root}/availability`) === "online");
  });
});
