import { type Clock, type Logger, type Random, seededRandom, type Timer } from "@gatehouse/base";
import { ackTopic, downTopic, upTopic } from "@gatehouse/contract";
import { findDeviceType, OCCASIONAL_FAULTS, type Simulator } from "@gatehouse/device-types";
import mqtt, { type MqttClient } from "mqtt";
import { mqttAddress, type ServerEndpoints } from "./endpoints.ts";
import type { OpenFrameSource } from "./frames/frame-source.ts";
import { postReading } from "./http-sender.ts";
import type { Transport } from "./site-plan.ts";

export interface SimulatedDeviceSpec {
  readonly name: string;
  readonly typeId: string;
  readonly intervalMs: number;
  readonly transport: Transport;
  readonly apiKey: string;
  /** Of a camera: sent beside its readings. */
  readonly pictures?: OpenFrameSource | undefined;
}

export interface FleetTools {
  readonly endpoints: ServerEndpoints;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Called for every reading that the server acknowledged. */
  onAcknowledged?(): void;
  onRefused?(reason: string): void;
  onConnected?(): void;
  /** Called when a connection could not be made or held. */
  onFailed?(reason: string): void;
}

/** One device that does not exist, on a connection that does. */
export class SimulatedDevice {
  readonly #spec: SimulatedDeviceSpec;
  readonly #tools: FleetTools;
  readonly #simulator: Simulator;
  #client: MqttClient | undefined;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(spec: SimulatedDeviceSpec, tools: FleetTools) {
    const type = findDeviceType(spec.typeId);
    if (type === undefined) throw new Error(`no device type ${spec.typeId}`);
    this.#spec = spec;
    this.#tools = tools;
    // The habits belong to the name: after a restart the same room has the same temperature.
    this.#simulator = type.simulate(seededRandom(hashOf(spec.name)), OCCASIONAL_FAULTS);
  }

  get connected(): boolean {
    return this.#spec.transport === "http" ? this.#timer !== undefined : (this.#client?.connected ?? false);
  }

  start(): void {
    if (this.#spec.transport !== "http") this.#connect(this.#spec.transport);
    // Devices do not all speak in the same millisecond.
    this.#schedule(this.#tools.random.ratio() * this.#spec.intervalMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#client?.endAsync(true).catch(() => undefined);
  }

  #connect(transport: "mqtt" | "mqtts" | "ws"): void {
    const { name, apiKey } = this.#spec;
    const { endpoints, log, onConnected, onFailed } = this.#tools;
    const client = mqtt.connect(mqttAddress(endpoints, transport), {
      clientId: name,
      username: name,
      password: apiKey,
      clean: true,
      keepalive: 60,
      reconnectPeriod: 2_000 + Math.floor(this.#tools.random.ratio() * 3_000),
      queueQoSZero: false,
      ...(endpoints.caPem === undefined ? {} : { ca: endpoints.caPem }),
    });
    client.on("connect", () => {
      client.subscribe(downTopic(name), { qos: 1 });
      onConnected?.();
    });
    client.on("message", (_topic, payload) => this.#obey(client, payload));
    client.on("error", (error) => {
      log.debug({ device: name, reason: error.message }, "simulate.connection_failed");
      onFailed?.(error.message);
    });
    this.#client = client;
  }

  #obey(client: MqttClient, payload: Buffer): void {
    const { id, command, params } = JSON.parse(payload.toString("utf8")) as {
      id: string;
      command: string;
      params?: Record<string, unknown>;
    };
    const ok = this.#simulator.command(command, params ?? {});
    client.publish(
      ackTopic(this.#spec.name),
      JSON.stringify({ id, ok, ...(ok ? {} : { reason: "not understood" }) }),
      { qos: 1 },
    );
    this.#send();
  }

  #schedule(delayMs: number): void {
    this.#timer = this.#tools.clock.after(delayMs, () => {
      if (this.#stopped) return;
      this.#send();
      this.#schedule(this.#spec.intervalMs);
    });
  }

  #send(): void {
    const { clock, random } = this.#tools;
    const nowMs = clock.nowMs();
    const reading = this.#simulator.next(nowMs, random);
    if (reading === undefined) return;
    const payload = JSON.stringify({ ts: nowMs, values: reading.values });
    if (this.#spec.transport === "http") void this.#post(payload);
    else if (this.#client?.connected) {
      this.#client.publish(upTopic(this.#spec.name, "telemetry"), payload, { qos: 1 }, (error) => {
        if (error == null) this.#tools.onAcknowledged?.();
        else this.#tools.onRefused?.(error.message);
      });
    }
  }

  async #post(payload: string): Promise<void> {
    const { endpoints, log } = this.#tools;
    try {
      const status = await postReading(endpoints, this.#spec.apiKey, payload);
      if (status < 300) this.#tools.onAcknowledged?.();
      else this.#tools.onRefused?.(`HTTP ${status}`);
    } catch (error) {
      log.debug({ device: this.#spec.name, reason: (error as Error).message }, "simulate.post_failed");
      this.#tools.onRefused?.((error as Error).message);
    }
  }
}

/** FNV-1a, 32 bits (draft-eastlake-fnv): a repeatable seed, nothing secret. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
