import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findNumber, listNames } from "./files.ts";
import { absent, type Machine, metricPart, present, type Sensor, type Values } from "./sensor.ts";

const LEDS = "sys/class/leds";

/** Whether each LED of the kernel is lit: `led.<name>`. */
export const ledSensor = ({ root }: Machine): Sensor => ({
  id: "leds",
  async measure() {
    const names = await listNames(root, LEDS);
    if (names.length === 0) return absent("no LED");
    const values: Values = {};
    for (const name of names) {
      const brightness = await findNumber(root, LEDS, name, "brightness");
      if (brightness !== undefined) values[`led.${metricPart(name)}`] = brightness > 0;
    }
    return present(values);
  },
});

/** Lights or darkens an LED and takes it from whatever triggered it before. False when there is none of this name. */
export async function switchLed({ root }: Machine, name: string, on: boolean): Promise<boolean> {
  if (!(await listNames(root, LEDS)).includes(name)) return false;
  const folder = join(root, LEDS, name);
  const full = (await findNumber(folder, "max_brightness")) ?? 1;
  await writeFile(join(folder, "trigger"), "none").catch(() => {});
  await writeFile(join(folder, "brightness"), on ? String(full) : "0");
  return true;
}
