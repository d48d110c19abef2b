import { faultOf, findNumber, findText, listNames } from "./files.ts";
import {
  absent,
  failed,
  type Machine,
  metricPart,
  present,
  rounded,
  type Sensor,
  type Values,
} from "./sensor.ts";

const DEVICES = "sys/bus/iio/devices";
/** `in_temp_input`, `in_voltage0_raw`. */
const CHANNEL =
  /^in_(temp|humidityrelative|pressure|illuminance|voltage|current|concentration)(\d*)_(input|raw)$/;

/** Metric and what turns the kernel's unit into ours (Linux, Documentation/ABI/testing/sysfs-bus-iio). */
const KINDS: Readonly<Record<string, { readonly metric: string; readonly factor: number }>> = {
  // thousandths of a degree Celsius → °C
  temp: { metric: "temperature", factor: 1e-3 },
  // thousandths of a percent → %
  humidityrelative: { metric: "humidity", factor: 1e-3 },
  // kPa → hPa
  pressure: { metric: "pressure", factor: 10 },
  // lx
  illuminance: { metric: "illuminance", factor: 1 },
  // mV → V
  voltage: { metric: "voltage", factor: 1e-3 },
  // mA → A
  current: { metric: "current", factor: 1e-3 },
  // %
  concentration: { metric: "concentration", factor: 1 },
};

/** Every channel we know of every Industrial I/O device: `iio.<device>.<metric>`, with a number where there are several. */
export const iioSensor = ({ root }: Machine): Sensor => ({
  id: "iio",
  async measure() {
    const folders = (await listNames(root, DEVICES)).filter((name) => /^iio:device\d+$/.test(name));
    if (folders.length === 0) return absent("no IIO device");
    const values: Values = {};
    const faults: string[] = [];
    const seen = new Map<string, number>();
    for (const folder of folders) {
      const name = metricPart((await findText(root, DEVICES, folder, "name"))?.trim() || folder);
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      const device = count === 1 ? name : `${name}-${count}`;
      try {
        Object.assign(values, await measureDevice([root, DEVICES, folder], `iio.${device}`));
      } catch (error) {
        faults.push(`${device}: ${faultOf(error)}`);
      }
    }
    return faults.length === 0 ? present(values) : failed(faults.join("; "), values);
  },
});

async function measureDevice(path: string[], prefix: string): Promise<Values> {
  const values: Values = {};
  for (const file of await listNames(...path)) {
    const [, kind, index, form] = CHANNEL.exec(file) ?? [];
    const unit = kind === undefined ? undefined : KINDS[kind];
    if (unit === undefined) continue;
    const value = await findNumber(...path, file);
    if (value === undefined) continue;
    const key = `${prefix}.${unit.metric}${index}`;
    // A driver that offers both computes `input` itself, knowing its calibration; it comes first in the folder.
    if (key in values) continue;
    const channel = `in_${kind}${index}`;
    const scaled = form === "input" ? value : await scale(path, channel, `in_${kind}`, value);
    values[key] = rounded(scaled * unit.factor, 3);
  }
  return values;
}

/** (raw + offset) × scale; a type's channels may share both. */
async function scale(path: string[], channel: string, shared: string, raw: number): Promise<number> {
  const find = async (suffix: string): Promise<number | undefined> =>
    (await findNumber(...path, `${channel}_${suffix}`)) ?? (await findNumber(...path, `${shared}_${suffix}`));
  return (raw + ((await find("offset")) ?? 0)) * ((await find("scale")) ?? 1);
}
