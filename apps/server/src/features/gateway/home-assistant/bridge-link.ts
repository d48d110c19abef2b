import { type Clock, isAppError, type Random, type Timer } from "@gatehouse/base";
import type { operations } from "@gatehouse/contract";
import mqtt, { type MqttClient } from "mqtt";
import { type Lookup, resolveOutgoing } from "../../../platform/outgoing/index.ts";

export interface LinkTarget {
  /** `mqtt://` or `mqtts://`, without credentials. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly allowPrivate: boolean;
}

export interface LinkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly clientId: string;
  readonly target: LinkTarget;
  readonly will: { readonly topic: string; readonly payload: string };
  readonly onConnect: (client: MqttClient) => void;
  readonly onMessage: (topic: string, payload: Buffer, isRetained: boolean) => void;
  readonly lookup?: Lookup;
}

const CONNECT_TIMEOUT_MS = 10_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
const ERROR_LENGTH = 200;

/**
 * A connection to another broker that comes back by itself: the address is looked up, checked and pinned for
 * every attempt, and attempts grow rarer up to one a minute.
 */
export class BridgeLink {
  readonly #options: LinkOptions;
  #client: MqttClient | undefined;
  #timer: Timer | undefined;
  #failures = 0;
  #isStopped = false;
  #state: operations.NetworkInfo["homeAssistant"] = { state: "connecting" };

  constructor(options: LinkOptions) {
    this.#options = options;
    void this.#connect();
  }

  get state(): operations.NetworkInfo["homeAssistant"] {
    return this.#state;
  }

  /** Undefined while there is no connection: then nothing is queued. */
  get connected(): MqttClient | undefined {
    return this.#client?.connected ? this.#client : undefined;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    const client = this.#client;
    if (client === undefined) return;
    const { topic, payload } = this.#options.will;
    if (client.connected) client.publish(topic, payload, { qos: 0, retain: true });
    await client.endAsync(!client.connected).catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const { target, clientId, will, lookup } = this.#options;
    try {
      const { url, address } = await resolveOutgoing(target.url, {
        allowPrivate: target.allowPrivate,
        protocols: ["mqtt:", "mqtts:"],
        ...(lookup === undefined ? {} : { lookup }),
      });
      if (this.#isStopped) return;
      const isTls = url.protocol === "mqtts:";
      const client = mqtt.connect({
        protocol: isTls ? "mqtts" : "mqtt",
        host: address,
        ...(isTls ? { servername: url.hostname } : {}),
        port: url.port === "" ? (isTls ? 8883 : 1883) : Number(url.port),
        clientId,
        ...(target.user === "" ? {} : { username: target.user, password: target.password }),
        will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true },
        connectTimeout: CONNECT_TIMEOUT_MS,
        reconnectPeriod: 0,
        queueQoSZero: false,
        resubscribe: false,
      });
      this.#client = client;
      this.#follow(client);
    } catch (error) {
      this.#retry(isAppError(error) ? `${error.code} ${String(error.fields.reason ?? "")}` : String(error));
    }
  }

  #follow(client: MqttClient): void {
    let reason = "connection closed";
    client.on("connect", () => {
      this.#failures = 0;
      this.#state = { state: "connected" };
      this.#options.onConnect(client);
    });
    client.on("message", (topic, payload, packet) => this.#options.onMessage(topic, payload, packet.retain));
    client.on("error", (error) => {
      reason = error.message || (error as NodeJS.ErrnoException).code || "connection failed";
    });
    client.once("close", () => {
      client.end(true);
      this.#retry(reason);
    });
  }

  #retry(error: string): void {
    if (this.#isStopped) return;
    this.#state = { state: "failing", error: error.trim().slice(0, ERROR_LENGTH) };
    const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
    const { clock, random } = this.#options;
    this.#timer = clock.after(delayMs * (0.5 + random.ratio() / 2), () => void this.#connect());
  }
}
