import { type devices, downTopic, TOPIC_ROOT, UP_KINDS, upTopic } from "@gatehouse/contract";
import type { Adapter, OwnIdentity } from "./adapter.ts";

/** A command as JSON. */
export const commandText = (command: devices.Command): string =>
  JSON.stringify({
    id: command.id,
    command: command.key,
    params: command.params,
    expires: command.expiresMs,
  });

const names = (device: OwnIdentity): readonly string[] => [device.deviceId, device.name];

/** Our own topics: `gh/<id or name>/up/<kind>` and `gh/<id or name>/down/command`. */
export const native: Adapter = {
  name: "native",
  owns: (topic) => topic.startsWith(`${TOPIC_ROOT}/`),
  publishes: (device) =>
    names(device).flatMap((name) => UP_KINDS.map((kind) => [upTopic(name, kind), { kind }] as const)),
  subscribes: (device) => names(device).map((name) => `${TOPIC_ROOT}/${name}/down/#`),
  commands(device, command) {
    const payload = commandText(command);
    return names(device).map((name) => ({ topic: downTopic(name), payload }));
  },
};
