import { connect as connectMqtt, type IClientOptions, type MqttClient } from "mqtt";
import { type TlsTrust, tlsOptions, unreachable } from "../http-exchange.ts";
import {
  type Carrier,
  CONNECT_TIMEOUT_MS,
  MAX_INCOMING_BYTES,
  type Wire,
  type WireHandlers,
} from "./wire.ts";

export interface MqttSettings {
  /** `mqtt:`, `mqtts:`, `ws:` or `wss:`. Gatehouse takes MQTT at `/mqtt` of its own address. */
  readonly url: string;
  readonly clientId: string;
  readonly username: string;
  /** Made anew for every connection. */
  readonly password: () => string;
  readonly topics: { readonly up: string; readonly down: string };
  readonly trust: TlsTrust;
}

/** MQTT 3.1.1, QoS 1: the payload is one envelope, and the PUBACK says that it is stored. */
export const mqttCarrier = (settings: MqttSettings): Carrier => ({
  name: "mqtt",
  isTwoWay: true,
  connect: (handlers) => connect(settings, handlers),
});

async function connect(settings: MqttSettings, handlers: WireHandlers): Promise<Wire> {
  const { topics } = settings;
  const client = connectMqtt(settings.url, optionsOf(settings));
  let fault: Error | undefined;
  client.on("error", (error) => {
    fault = error;
  });
  client.on("message", (topic, payload) => {
    if (topic === topics.down && payload.length <= MAX_INCOMING_BYTES)
      handlers.received(new Uint8Array(payload));
  });
  const closed = new Promise<never>((_, reject) => {
    client.on("close", () => {
      client.end(true);
      reject(unreachable(new URL(settings.url), fault ?? new Error("the broker closed the connection")));
      handlers.closed(fault?.message ?? "the broker closed the connection");
    });
  });
  closed.catch(() => {});
  try {
    await Promise.race([closed, opened(client)]);
    const granted = await Promise.race([closed, client.subscribeAsync(topics.down, { qos: 1 })]);
    if (granted.some(({ qos }) => qos === 128)) throw new Error(`no subscription to ${topics.down}`);
  } catch (error) {
    client.end(true);
    throw error;
  }
  return wireOf(client, topics.up);
}

const optionsOf = ({ clientId, username, password, trust }: MqttSettings): IClientOptions => ({
  clientId,
  username,
  password: password(),
  protocolVersion: 4,
  clean: true,
  keepalive: 30,
  connectTimeout: CONNECT_TIMEOUT_MS,
  // Whoever uses the wire decides when to try again, and what.
  reconnectPeriod: 0,
  queueQoSZero: false,
  ...tlsOptions(trust),
});

const opened = (client: MqttClient): Promise<void> =>
  new Promise((resolve) => client.once("connect", () => resolve()));

function wireOf(client: MqttClient, topic: string): Wire {
  const publish = async (envelope: Uint8Array): Promise<void> => {
    if (!client.connected) throw new Error("not connected");
    await client.publishAsync(topic, Buffer.from(envelope), { qos: 1 });
  };
  return {
    async send(envelope) {
      await publish(envelope);
      return { result: "stored" };
    },
    post: publish,
    close: () => void client.end(),
  };
}
