import type { Adapter } from "./adapter.ts";

const ME = "v1/devices/me";

/**
 * ThingsBoard's device topics, so that a sketch written for it works by changing host and credentials.
 * The topics name no device: what is sent on them is the connection's. Its HTTP interface is left out on
 * purpose, because it carries the access token in the URL, where proxies and logs keep it.
 */
export const thingsboard: Adapter = {
  name: "thingsboard",
  owns: (topic) => topic.startsWith("v1/"),
  publishes: () => [
    [`${ME}/telemetry`, { kind: "telemetry" }],
    [`${ME}/attributes`, { kind: "state" }],
  ],
  subscribes: () => [`${ME}/rpc/request/+`, `${ME}/attributes`, `${ME}/attributes/response/+`],
  commands(_, command, sequence) {
    const values = Object.values(command.params);
    // ThingsBoard's switch and knob widgets send the bare value; several parameters go as an object.
    const params = values.length === 1 ? values[0] : command.params;
    return [
      {
        topic: `${ME}/rpc/request/${sequence}`,
        payload: JSON.stringify({ method: command.key, params }),
        answerTopic: `${ME}/rpc/response/${sequence}`,
      },
    ];
  },
};
