import type { MqttClient } from "mqtt";
import { connect, loginOf } from "./device.ts";
import type { NewDevice, Site } from "./site.ts";

export const commandTopic = ({ name }: NewDevice): string => `gh/${name}/down/command`;

/** A lamp as its program is: it does what a message on its command topic says. */
export async function startLed(
  site: Site,
  device: NewDevice,
): Promise<{ readonly client: MqttClient; readonly obeyed: string[] }> {
  const client = await connect(site.mqttPort, loginOf(device));
  const obeyed: string[] = [];
  client.on(
    "message",
    (_, payload) => void obeyed.push((JSON.parse(payload.toString()) as { id: string }).id),
  );
  await client.subscribeAsync(commandTopic(device), { qos: 1 });
  return { client, obeyed };
}

export const FORGED = { id: "00000000-0000-7000-8000-00000000f0f0", command: "set", params: { on: true } };
