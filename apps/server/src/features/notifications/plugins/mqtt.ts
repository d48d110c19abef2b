import type { Duplex } from "node:stream";
import { isAppError } from "@gatehouse/base";
import { type IClientOptions, MqttClient } from "mqtt";
import { createWebSocketStream, WebSocket } from "ws";
import type { OutgoingTarget } from "../../../platform/outgoing/index.ts";
import { connectionFailure, failureOf } from "./http-exchange.ts";
import { machineMessage, withPicture } from "./machine-message.ts";
import { detailOf, type NotifierPlugin, type Outcome, type SettingsOf } from "./notifier-plugin.ts";
import { openSocket, openTlsSocket, resolveTarget } from "./pinned-socket.ts";
import { refuseChannel } from "./refuse.ts";

type Settings = SettingsOf<"mqtt">;

const PORTS: Readonly<Record<string, number>> = { "mqtt:": 1883, "mqtts:": 8883, "ws:": 80, "wss:": 443 };
const MAX_ANSWER_BYTES = 65_536;
/** CONNACK return codes of MQTT 3.1.1 §3.2.2.3: bad user name or password, not authorised. */
const REFUSED_CREDENTIALS = [4, 5];

/** One message to a broker (MQTT 3.1.1), over TCP, TLS or WebSocket; a connection of its own each time. */
export const mqtt: NotifierPlugin<"mqtt"> = {
  kind: "mqtt",
  takesPicture: true,
  secretFields: ["password"],
  check({ topic, url }) {
    if (/[+#\0]/.test(topic) || topic.startsWith("$")) refuseChannel("topic", "not a topic to publish to");
    if (URL.parse(url) === null) refuseChannel("url", "not a URL");
  },
  target: ({ url }) => url,
  recipients: ({ topic, url }) => [`${new URL(url).host}/${topic}`],
  render: machineMessage,
  async send(settings, { id, body, picture }, { allowPrivate, random, signal, timeoutMs }) {
    try {
      const target = await resolveTarget(settings.url, allowPrivate);
      const clientId = `gatehouse-${Buffer.from(random.bytes(6)).toString("hex")}`;
      return await publish(target, settings, withId(withPicture(body, picture), id), {
        clientId,
        signal,
        timeoutMs,
      });
    } catch (error) {
      if (isAppError(error)) return failureOf(error);
      throw error;
    }
  },
};

/** A subscriber can tell a message that came twice. */
const withId = (body: string, id: string): string => JSON.stringify({ id, ...JSON.parse(body) });

function publish(
  target: OutgoingTarget,
  { password, qos, retain, topic, user }: Settings,
  payload: string,
  { clientId, signal, timeoutMs }: { clientId: string; signal: AbortSignal; timeoutMs: number },
): Promise<Outcome> {
  const options: IClientOptions = {
    clientId,
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: timeoutMs,
    ...(user === "" ? {} : { username: user, password }),
  };
  return new Promise((resolve) => {
    const client = new MqttClient(() => openStream(target, signal, timeoutMs), options);
    const finish = (outcome: Outcome): void => {
      resolve(outcome);
      client.end(!outcome.ok);
    };
    client.on("error", (error) => finish(mqttFailure(error)));
    client.on("close", () => finish({ ok: false, code: signal.aborted ? "timeout" : "unreachable" }));
    client.on("connect", () => {
      client.publish(topic, payload, { qos, retain }, (error) => {
        finish(error == null ? { ok: true } : mqttFailure(error));
      });
    });
  });
}

function openStream(target: OutgoingTarget, signal: AbortSignal, timeoutMs: number): Duplex {
  const { address, family, url } = target;
  const port = Number(url.port) || (PORTS[url.protocol] as number);
  if (url.protocol === "mqtt:") return openSocket(target, port, signal);
  if (url.protocol === "mqtts:") return openTlsSocket(target, port, signal);
  const socket = new WebSocket(url, ["mqtt"], {
    handshakeTimeout: timeoutMs,
    maxPayload: MAX_ANSWER_BYTES,
    followRedirects: false,
    // The address that was checked, whatever the name says now.
    lookup: (_name, options, callback) => {
      if (options.all === true) callback(null, [{ address, family }]);
      else callback(null, address, family);
    },
  });
  signal.addEventListener("abort", () => socket.terminate(), { once: true });
  return createWebSocketStream(socket);
}

function mqttFailure(error: Error): Outcome {
  const code: unknown = "code" in error ? error.code : undefined;
  if (typeof code === "number") {
    const isRefused = REFUSED_CREDENTIALS.includes(code);
    return { ok: false, code: isRefused ? "auth_refused" : "rejected", detail: detailOf(error.message) };
  }
  if (/connack timeout/i.test(error.message)) return { ok: false, code: "timeout" };
  return connectionFailure(error);
}
