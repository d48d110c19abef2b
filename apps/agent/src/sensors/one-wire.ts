import { faultOf, findText, listNames } from "./files.ts";
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

const DEVICES = "sys/bus/w1/devices";
/** Thermometers: DS18S20, DS1822, DS18B20, DS1825, DS28EA00; then the serial number. */
const THERMOMETER = /^(10|22|28|3b|42)-[0-9a-f]{12}$/;
/** What a DS18B20 answers before its first conversion (data sheet, "power-on reset value"): no measurement. */
const POWER_ON_MILLI = 85_000;

/** Every 1-wire thermometer of the bus: `w1.<family-serial>.temperature`. */
export const oneWireSensor = ({ root }: Machine): Sensor => ({
  id: "oneWire",
  async measure() {
    const names = (await listNames(root, DEVICES)).filter((name) => THERMOMETER.test(name));
    if (names.length === 0) return absent("no 1-wire thermometer");
    const values: Values = {};
    const faults: string[] = [];
    // One after another: they share one wire, and a conversion takes 750 ms of it.
    for (const name of names) {
      try {
        const milli = parseSlave(await findText(root, DEVICES, name, "w1_slave"));
        values[`w1.${metricPart(name)}.temperature`] = rounded(milli / 1000, 3);
      } catch (error) {
        faults.push(`${name}: ${faultOf(error)}`);
      }
    }
    return faults.length === 0 ? present(values) : failed(faults.join("; "), values);
  },
});

/** `4b 01 … : crc=8e YES\n4b 01 … t=20687` → thousandths of a degree Celsius. */
function parseSlave(text: string | undefined): number {
  if (text === undefined) throw new Error("gone");
  if (!/crc=[0-9a-f]{2} YES/.test(text)) throw new Error("checksum wrong");
  const milli = Number(/t=(-?\d+)/.exec(text)?.[1] ?? Number.NaN);
  if (!Number.isFinite(milli)) throw new Error("no temperature");
  if (milli === POWER_ON_MILLI) throw new Error("not measured yet");
  return milli;
}
