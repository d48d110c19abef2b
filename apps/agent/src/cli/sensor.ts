import { AppError, systemRandom } from "@gatehouse/base";
import { SensorLogins } from "../gateway/sensor-logins.ts";
import type { StateFolder } from "../state/state-folder.ts";
import type { CommandLine } from "./arguments.ts";
import type { Output } from "./output.ts";

/** `sensor NAME`: a password for a plain sensor at this site, shown once; `--remove` takes it away. Works while the agent runs. */
export async function runSensor(
  state: StateFolder,
  { words, options }: CommandLine,
  output: Output,
): Promise<void> {
  const [, name] = words;
  if (name === undefined)
    throw new AppError("request.invalid", { usage: "gatehouse-agent sensor NAME [--remove]" });
  const logins = new SensorLogins(state);
  if (options.remove === true) {
    const removed = await logins.remove(name);
    output.result({ name, removed }, () =>
      removed ? `${name} has no password any more.` : `${name} had none.`,
    );
    return;
  }
  const password = await logins.make(name, systemRandom);
  const topic = `gh/${name}/up/telemetry`;
  output.result({ name, password, topic }, () =>
    [
      "MQTT at this gateway, shown once:",
      `  User name  ${name}`,
      `  Password   ${password}`,
      `  Topic      ${topic}`,
      "It works for as long as the server assigns the device to this gateway.",
    ].join("\n"),
  );
}
