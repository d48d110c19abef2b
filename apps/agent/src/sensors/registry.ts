import type { SensorSettings } from "../config/schema.ts";
import { cpuTemperatureSensor } from "./cpu-temperature.ts";
import { iioSensor } from "./iio.ts";
import { ledSensor } from "./leds.ts";
import { oneWireSensor } from "./one-wire.ts";
import type { Machine, Sensor } from "./sensor.ts";
import { diskSensor, loadSensor, memorySensor, networkSensor, uptimeSensor } from "./system.ts";

/** Each kind of sensor, by the name that switches it in the configuration. */
const SENSORS: Readonly<
  Record<keyof SensorSettings["enabled"], (machine: Machine, settings: SensorSettings) => Sensor>
> = {
  cpuTemperature: cpuTemperatureSensor,
  load: loadSensor,
  memory: memorySensor,
  disk: (machine, settings) => diskSensor(machine, settings.diskPath),
  uptime: uptimeSensor,
  network: networkSensor,
  oneWire: oneWireSensor,
  iio: iioSensor,
  leds: ledSensor,
};

export function createSensors(machine: Machine, settings: SensorSettings): Sensor[] {
  return Object.entries(SENSORS).flatMap(([name, create]) =>
    settings.enabled[name as keyof SensorSettings["enabled"]] ? [create(machine, settings)] : [],
  );
}
