import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { virtualClock } from "@gatehouse/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseSettings } from "../config/load.ts";
import { RemoteSettings } from "../config/schema.ts";
import { linuxAgentMetrics, validateLinuxAgent } from "../testing/device-type.ts";
import { cpuTemperatureSensor } from "./cpu-temperature.ts";
import { iioSensor } from "./iio.ts";
import { ledSensor, switchLed } from "./leds.ts";
import { oneWireSensor } from "./one-wire.ts";
import { createSensors } from "./registry.ts";
import type { Machine, Values } from "./sensor.ts";
import { diskSensor, loadSensor, memorySensor, networkSensor, uptimeSensor } from "./system.ts";

let root: string;
let machine: Machine & { readonly clock: ReturnType<typeof virtualClock> };
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "machine-"));
  machine = { root, clock: virtualClock() };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function file(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

describe("the processor's temperature", () => {
  it("is that of its hottest zone, not of the battery's", async () => {
    file("sys/class/thermal/thermal_zone0/type", "battery\n");
    file("sys/class/thermal/thermal_zone0/temp", "61000\n");
    file("sys/class/thermal/thermal_zone1/type", "cpu-thermal\n");
    file("sys/class/thermal/thermal_zone1/temp", "48312\n");
    file("sys/class/thermal/thermal_zone2/type", "cpu-thermal\n");
    file("sys/class/thermal/thermal_zone2/temp", "47000\n");
    expect(await cpuTemperatureSensor(machine).measure()).toEqual({
      state: "present",
      values: { cpuTemperature: 48.3 },
    });
  });

  it("is of any zone where none is the processor's, and failed where none answers", async () => {
    file("sys/class/thermal/thermal_zone0/type", "acpitz\n");
    file("sys/class/thermal/thermal_zone0/temp", "-5000\n");
    expect(await cpuTemperatureSensor(machine).measure()).toMatchObject({ values: { cpuTemperature: -5 } });
    file("sys/class/thermal/thermal_zone0/temp", "");
    expect(await cpuTemperatureSensor(machine).measure()).toMatchObject({ state: "failed" });
  });
});

describe("1-wire thermometers", () => {
  const slave = (name: string, content: string) => file(`sys/bus/w1/devices/${name}/w1_slave`, content);
  const good = (milli: number) =>
    `4b 01 4b 46 7f ff 05 10 8e : crc=8e YES\n4b 01 4b 46 7f ff 05 10 8e t=${milli}\n`;

  it("are measured one by one; what does not answer properly is named", async () => {
    slave("28-0316a2795cff", good(20_687));
    slave("28-0316a2795c00", good(-10_125));
    slave("28-000000000001", good(21_000).replace("YES", "NO"));
    slave("28-000000000002", good(85_000));
    slave("28-000000000003", "");
    slave("w1_bus_master1", good(99_000));
    const result = await oneWireSensor(machine).measure();
    expect(result).toMatchObject({
      state: "failed",
      values: { "w1.28-0316a2795cff.temperature": 20.687, "w1.28-0316a2795c00.temperature": -10.125 },
      reason: expect.stringMatching(/0001: checksum wrong.*0002: not measured yet.*0003: checksum wrong/),
    });
  });
});

describe("IIO sensors", () => {
  it("come in our units, computed from what the driver offers", async () => {
    const device = "sys/bus/iio/devices/iio:device0";
    file(`${device}/name`, "bme280\n");
    file(`${device}/in_temp_input`, "21430\n");
    file(`${device}/in_pressure_input`, "101.325000000\n");
    file(`${device}/in_humidityrelative_input`, "45123\n");
    const adc = "sys/bus/iio/devices/iio:device1";
    file(`${adc}/name`, "mcp3008\n");
    file(`${adc}/in_voltage0_raw`, "512\n");
    file(`${adc}/in_voltage1_raw`, "1023\n");
    file(`${adc}/in_voltage_scale`, "3.222656250\n");
    file(`${adc}/in_temp_raw`, "100\n");
    file(`${adc}/in_temp_offset`, "-50\n");
    file(`${adc}/in_temp_scale`, "1000\n");
    file(`${adc}/in_voltage2_raw`, "not a number\n");
    expect(await iioSensor(machine).measure()).toEqual({
      state: "present",
      values: {
        "iio.bme280.temperature": 21.43,
        "iio.bme280.pressure": 1013.25,
        "iio.bme280.humidity": 45.123,
        "iio.mcp3008.voltage0": 1.65,
        "iio.mcp3008.voltage1": 3.297,
        "iio.mcp3008.temperature": 50,
      },
    });
  });

  it("of the same kind are told apart", async () => {
    for (const [i, milli] of [20_000, 30_000].entries()) {
      file(`sys/bus/iio/devices/iio:device${i}/name`, "bmp280\n");
      file(`sys/bus/iio/devices/iio:device${i}/in_temp_input`, `${milli}\n`);
    }
    expect(await iioSensor(machine).measure()).toMatchObject({
      values: { "iio.bmp280.temperature": 20, "iio.bmp280-2.temperature": 30 },
    });
  });
});

describe("LEDs", () => {
  it("are lit or not, and are taken from their trigger when switched", async () => {
    file("sys/class/leds/ACT/brightness", "0\n");
    file("sys/class/leds/ACT/max_brightness", "255\n");
    file("sys/class/leds/ACT/trigger", "none [mmc0]\n");
    file("sys/class/leds/input0::capslock/brightness", "1\n");
    expect(await ledSensor(machine).measure()).toEqual({
      state: "present",
      values: { "led.ACT": false, "led.input0_capslock": true },
    });
    expect(await switchLed(machine, "ACT", true)).toBe(true);
    expect(readFileSync(join(root, "sys/class/leds/ACT/brightness"), "utf8")).toBe("255");
    expect(readFileSync(join(root, "sys/class/leds/ACT/trigger"), "utf8")).toBe("none");
    expect(await ledSensor(machine).measure()).toMatchObject({ values: { "led.ACT": true } });
  });

  it("that are not there are not made, nor is anything beside them", async () => {
    file("sys/class/leds/ACT/brightness", "0\n");
    file("sys/class/other/brightness", "0\n");
    expect(await switchLed(machine, "../other", true)).toBe(false);
    expect(await switchLed(machine, "PWR", true)).toBe(false);
    expect(readFileSync(join(root, "sys/class/other/brightness"), "utf8")).toBe("0\n");
  });
});

describe("the machine", () => {
  it("is read as proc(5) writes it", async () => {
    file("proc/loadavg", "0.20 0.18 0.12 1/80 11206\n");
    file("proc/uptime", "435120.55 800000.11\n");
    file(
      "proc/meminfo",
      "MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 750 kB\nSwapTotal: 200 kB\nSwapFree: 50 kB\n",
    );
    expect(await loadSensor(machine).measure()).toMatchObject({
      values: { load1: 0.2, load5: 0.18, load15: 0.12 },
    });
    expect(await uptimeSensor(machine).measure()).toMatchObject({ values: { uptime: 120.87 } });
    expect(await memorySensor(machine).measure()).toMatchObject({ values: { memoryUsed: 25, swapUsed: 75 } });
    file("proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 750 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n");
    expect(await memorySensor(machine).measure()).toEqual({ state: "present", values: { memoryUsed: 25 } });
  });

  it("counts bytes a second, from the second measurement, and not across a counter that began anew", async () => {
    const dev = (inBytes: number, outBytes: number) =>
      file(
        "proc/net/dev",
        `Inter-|   Receive  |  Transmit\n face |bytes\n    lo: 999999 1 0 0 0 0 0 0 999999 1 0 0 0 0 0 0\n  eth0:${inBytes} 5 0 0 0 0 0 0 ${outBytes} 5 0 0 0 0 0 0\n`,
      );
    const sensor = networkSensor(machine);
    dev(1_000, 500);
    expect(await sensor.measure()).toEqual({ state: "present", values: {} });
    machine.clock.advance(10_000);
    dev(21_000, 1_500);
    expect(await sensor.measure()).toEqual({
      state: "present",
      values: { networkIn: 2_000, networkOut: 100 },
    });
    machine.clock.advance(10_000);
    dev(100, 100);
    expect(await sensor.measure()).toEqual({ state: "present", values: {} });
  });

  it("tells how full the disk is", async () => {
    const { values } = (await diskSensor(machine, "/").measure()) as { values: Values };
    expect(values.diskUsed).toBeGreaterThan(0);
    expect(values.diskFree).toBeGreaterThan(0);
  });
});

describe("hardware that is not there", () => {
  it("is absent, and nothing is measured in its place", async () => {
    const sensors = createSensors(machine, parseSettings(RemoteSettings, {}, "test").sensors);
    for (const sensor of sensors) {
      if (sensor.id === "disk") continue;
      expect(await sensor.measure(), sensor.id).toMatchObject({ state: "absent" });
    }
    expect(sensors.map(({ id }) => id)).toContain("oneWire");
  });

  it("is a fault where it is there and unreadable", async () => {
    for (const path of ["proc/loadavg", "proc/meminfo", "proc/uptime"]) file(path, "\0garbage");
    for (const sensor of [loadSensor, memorySensor, uptimeSensor])
      expect(await sensor(machine).measure()).toMatchObject({ state: "failed" });
  });
});

describe("this machine", () => {
  it("gives values that the device type takes, under names it knows", async () => {
    const here = { root: "/", clock: machine.clock };
    const sensors = createSensors(here, parseSettings(RemoteSettings, {}, "test").sensors);
    const values: Values = {};
    for (const sensor of sensors) {
      const result = await sensor.measure();
      if (result.state !== "absent") Object.assign(values, result.values);
    }
    expect(values.load1).toBeTypeOf("number");
    expect(validateLinuxAgent(values)).toMatchObject({ ok: true });
    for (const name of Object.keys(values))
      if (!/^(w1|iio|led)\./.test(name)) expect(linuxAgentMetrics()).toContain(name);
  });
});
