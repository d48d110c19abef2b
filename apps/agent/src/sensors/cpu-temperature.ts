import { findNumber, findText, listNames } from "./files.ts";
import { absent, failed, type Machine, present, rounded, type Sensor } from "./sensor.ts";

const ZONES = "sys/class/thermal";
/** Zones of the processor among those of batteries, radios and skins. */
const OF_PROCESSOR = /cpu|soc|x86_pkg|core/i;

/** The hottest zone of the processor, else of the machine. The kernel gives thousandths of a degree Celsius. */
export const cpuTemperatureSensor = ({ root }: Machine): Sensor => ({
  id: "cpuTemperature",
  async measure() {
    const names = (await listNames(root, ZONES)).filter((name) => name.startsWith("thermal_zone"));
    if (names.length === 0) return absent("no thermal zone");
    const zones = await Promise.all(
      names.map(async (name) => ({
        ofProcessor: OF_PROCESSOR.test((await findText(root, ZONES, name, "type")) ?? ""),
        // A zone that is switched off does not answer; another may.
        milli: await findNumber(root, ZONES, name, "temp").catch(() => undefined),
      })),
    );
    const answering = zones.flatMap(({ ofProcessor, milli }) =>
      milli === undefined ? [] : [{ ofProcessor, milli }],
    );
    const chosen = answering.some(({ ofProcessor }) => ofProcessor)
      ? answering.filter(({ ofProcessor }) => ofProcessor)
      : answering;
    if (chosen.length === 0) return failed("no thermal zone answers");
    return present({ cpuTemperature: rounded(Math.max(...chosen.map(({ milli }) => milli)) / 1000, 1) });
  },
});
