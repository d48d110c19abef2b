import { type Clock, isAppError, type Logger, type Random, type Timer, type Uuid } from "@gatehouse/base";
import type { Bus, devices, operations, Reading } from "@gatehouse/contract";
import type { MqttClient } from "mqtt";
import type { Lookup } from "../../../platform/outgoing/index.ts";
import { BridgeLink, type LinkTarget } from "./bridge-link.ts";
import { CameraSigns, type CameraWatch } from "./camera-signs.ts";
import {
  availabilityTopic,
  bridgeAvailabilityTopic,
  commandFilter,
  commandValue,
  configFilter,
  isOurConfig,
  type OutboundEntity,
  type OutboundNames,
  outboundEntities,
  stateText,
  stateTopicOf,
} from "./outbound-entities.ts";

export interface BridgeSettings extends LinkTarget {
  readonly tenantId: Uuid;
  /** Home Assistant's discovery prefix, `homeassistant` unless somebody changed it there. */
  readonly prefix: string;
}

/** Our devices as the bridge needs them. */
export interface BridgedDevices {
  list(tenantId: Uuid): Promise<readonly devices.Device[]>;
  find(tenantId: Uuid, deviceId: Uuid): Promise<devices.Device | undefined>;
  /** Undefined for what is no camera. */
  watchOf(deviceId: Uuid): CameraWatch | undefined;
  /** Throws like the console's command: unknown command, revoked device, … */
  sendCommand(
    tenantId: Uuid,
    deviceId: Uuid,
    key: string,
    params: Readonly<Record<string, unknown>>,
  ): Promise<void>;
}

export interface HomeAssistantParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly bus: Bus;
  /** Undefined while the bridge is switched off. */
  readonly bridgeSettings: () => BridgeSettings | undefined;
  readonly bridgedDevices: BridgedDevices;
  readonly lookup?: Lookup;
}

interface KnownCommand {
  readonly deviceId: Uuid;
  readonly key: string;
  readonly param: string;
  readonly kind: string;
}

/** States leave this often, the newest of each metric only: Home Assistant shows them, it does not store our load. */
const FLUSH_EVERY_MS = 250;
const STATES_PER_FLUSH = 2_000;
const ONLINE = "online";
const OFFLINE = "offline";

/**
 * Announces our devices to the broker of a Home Assistant: configs, availability and states, all retained, and
 * takes its commands back. A device that is deleted disappears there too.
 */
export class HomeAssistantBridge {
  readonly #parts: HomeAssistantParts;
  readonly #unsubscribe: (() => void)[] = [];
  readonly #announced = new Map<Uuid, readonly OutboundEntity[]>();
  readonly #configTopics = new Set<string>();
  readonly #commands = new Map<string, KnownCommand>();
  readonly #states = new Map<string, string>();
  readonly #signs = new CameraSigns();
  /** What was said of cameras last, by state topic: every look says something, and most of them the same. */
  readonly #saidSigns = new Map<string, string>();
  #settings: BridgeSettings | undefined;
  #link: BridgeLink | undefined;
  #flush: Timer | undefined;
  #changing: Promise<void> = Promise.resolve();

  constructor(parts: HomeAssistantParts) {
    this.#parts = parts;
  }

  state(): operations.NetworkInfo["homeAssistant"] {
    return this.#settings === undefined ? { state: "off" } : (this.#link?.state ?? { state: "connecting" });
  }

  start(): void {
    const { bus, clock } = this.#parts;
    this.#unsubscribe.push(
      bus.subscribe("settings.changed", () => this.#restart()),
      bus.subscribe("readings.stored", ({ readings }) => {
        if (this.#link?.connected !== undefined) for (const reading of readings) this.#note(reading);
      }),
      bus.subscribe("device.status", ({ tenantId, deviceId, status }) => {
        if (tenantId === this.#settings?.tenantId) this.#publishAvailability(deviceId, status);
      }),
      bus.subscribe("device.changed", ({ tenantId, deviceId, change }) => {
        if (change === "removed") this.#signs.forget(deviceId);
        if (tenantId !== this.#settings?.tenantId) return;
        if (change === "removed") this.#withdraw(deviceId);
        else this.#background(this.#announceOne(tenantId, deviceId));
      }),
      bus.subscribe("camera.changed", ({ tenantId, cameraId }) => {
        if (tenantId === this.#settings?.tenantId) this.#background(this.#announceOne(tenantId, cameraId));
      }),
      bus.subscribe("camera.event", (message) => {
        this.#signs.event(message);
        this.#noteSigns(message.cameraId);
      }),
      bus.subscribe("camera.found", (message) => {
        this.#signs.found(message);
        this.#noteSigns(message.cameraId);
      }),
    );
    this.#flush = clock.every(FLUSH_EVERY_MS, () => this.#publishStates());
    this.#restart();
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#flush?.cancel();
    await this.#changing;
    await this.#link?.stop();
    this.#link = undefined;
  }

  /** New settings end the connection in use; those that say the same leave it. */
  #restart(): void {
    const settings = this.#parts.bridgeSettings();
    if (JSON.stringify(settings) === JSON.stringify(this.#settings)) return;
    this.#settings = settings;
    this.#changing = this.#changing.then(async () => {
      await this.#link?.stop();
      this.#link = undefined;
      this.#forgetAll();
      if (settings !== undefined && settings === this.#settings) this.#link = this.#open(settings);
    });
  }

  #open(settings: BridgeSettings): BridgeLink {
    const { clock, random, lookup } = this.#parts;
    return new BridgeLink({
      clock,
      random,
      clientId: `gatehouse-${settings.tenantId}`,
      target: settings,
      will: { topic: bridgeAvailabilityTopic(settings), payload: OFFLINE },
      onConnect: (client) => this.#background(this.#connected(client, settings)),
      onMessage: (topic, payload, isRetained) => this.#received(settings, topic, payload, isRetained),
      ...(lookup === undefined ? {} : { lookup }),
    });
  }

  async #connected(client: MqttClient, settings: BridgeSettings): Promise<void> {
    await client.subscribeAsync([commandFilter(settings)], { qos: 1 });
    const list = await this.#parts.bridgedDevices.list(settings.tenantId);
    this.#forgetAll();
    for (const device of list) this.#announce(client, settings, device);
    client.publish(bridgeAvailabilityTopic(settings), ONLINE, { qos: 1, retain: true });
    // What is retained of ours and no longer true comes back here, and is removed.
    await client.subscribeAsync([configFilter(settings)], { qos: 0 });
    this.#parts.log.info({ devices: list.length }, "home_assistant.connected");
  }

  #announce(client: MqttClient, settings: OutboundNames, device: devices.Device): void {
    const entities = outboundEntities(settings, device, this.#parts.bridgedDevices.watchOf(device.id));
    const now = new Set(entities.map(({ configTopic }) => configTopic));
    for (const { configTopic } of this.#announced.get(device.id) ?? []) {
      if (!now.has(configTopic)) publishRetained(client, configTopic, "");
    }
    this.#forget(device.id);
    this.#announced.set(device.id, entities);
    for (const { configTopic, config, command } of entities) {
      this.#configTopics.add(configTopic);
      if (command !== undefined) this.#commands.set(command.topic, { deviceId: device.id, ...command });
      publishRetained(client, configTopic, JSON.stringify(config));
    }
    publishRetained(client, availabilityTopic(settings, device.id), availability(device.status));
    for (const { metric, value } of device.last)
      this.#states.set(stateTopicOf(settings, device.id, metric), stateText(value));
    this.#noteSigns(device.id);
  }

  #forget(deviceId: Uuid): void {
    for (const { configTopic, stateTopic, command } of this.#announced.get(deviceId) ?? []) {
      this.#configTopics.delete(configTopic);
      this.#states.delete(stateTopic);
      this.#saidSigns.delete(stateTopic);
      if (command !== undefined) this.#commands.delete(command.topic);
    }
    this.#announced.delete(deviceId);
  }

  #forgetAll(): void {
    for (const deviceId of [...this.#announced.keys()]) this.#forget(deviceId);
  }

  async #announceOne(tenantId: Uuid, deviceId: Uuid): Promise<void> {
    const device = await this.#parts.bridgedDevices.find(tenantId, deviceId);
    const client = this.#link?.connected;
    if (client === undefined || this.#settings === undefined) return;
    if (device === undefined) this.#withdraw(deviceId);
    else this.#announce(client, this.#settings, device);
  }

  #withdraw(deviceId: Uuid): void {
    const client = this.#link?.connected;
    const settings = this.#settings;
    if (client === undefined || settings === undefined) return;
    for (const { configTopic, stateTopic } of this.#announced.get(deviceId) ?? []) {
      publishRetained(client, configTopic, "");
      publishRetained(client, stateTopic, "");
    }
    publishRetained(client, availabilityTopic(settings, deviceId), "");
    this.#forget(deviceId);
  }

  #note({ tenantId, deviceId, numbers, states }: Reading): void {
    const settings = this.#settings;
    if (settings === undefined || tenantId !== settings.tenantId || !this.#announced.has(deviceId)) return;
    for (const [metric, value] of numbers)
      this.#states.set(stateTopicOf(settings, deviceId, metric), stateText(value));
    for (const [metric, value] of states)
      this.#states.set(stateTopicOf(settings, deviceId, metric), stateText(value));
  }

  /** Only those that are announced: of a camera that looks for nobody it is not known whether somebody is there. */
  #noteSigns(cameraId: Uuid): void {
    const entities = this.#announced.get(cameraId);
    if (entities === undefined) return;
    const signs = new Map(this.#signs.of(cameraId));
    for (const { metric, stateTopic } of entities) {
      const value = signs.get(metric);
      if (value === undefined || this.#saidSigns.get(stateTopic) === stateText(value)) continue;
      this.#saidSigns.set(stateTopic, stateText(value));
      this.#states.set(stateTopic, stateText(value));
    }
  }

  #publishStates(): void {
    const client = this.#link?.connected;
    if (client === undefined) return;
    let left = STATES_PER_FLUSH;
    for (const [topic, text] of this.#states) {
      if (left-- === 0) return;
      this.#states.delete(topic);
      client.publish(topic, text, { qos: 0, retain: true });
    }
  }

  #publishAvailability(deviceId: Uuid, status: devices.DeviceStatus): void {
    const client = this.#link?.connected;
    if (client !== undefined && this.#settings !== undefined && this.#announced.has(deviceId))
      publishRetained(client, availabilityTopic(this.#settings, deviceId), availability(status));
  }

  #received(settings: BridgeSettings, topic: string, payload: Buffer, isRetained: boolean): void {
    if (isOurConfig(settings, topic)) {
      const client = this.#link?.connected;
      if (payload.length > 0 && !this.#configTopics.has(topic) && client !== undefined)
        publishRetained(client, topic, "");
      return;
    }
    const command = this.#commands.get(topic);
    // A retained command is an old wish, not a new one.
    if (command === undefined || isRetained) return;
    const value = commandValue(command.kind, payload.toString("utf8", 0, 2_048));
    if (value === undefined) return;
    const { deviceId, key, param } = command;
    this.#background(
      this.#parts.bridgedDevices.sendCommand(settings.tenantId, deviceId, key, { [param]: value }),
    );
  }

  #background(work: Promise<void>): void {
    work.catch((error: unknown) => {
      const isExpected = isAppError(error) && error.row.fault === "caller";
      if (isExpected) this.#parts.log.warn({ code: error.code }, "home_assistant.refused");
      else this.#parts.log.error({ err: error }, "home_assistant.failed");
    });
  }
}

const availability = (status: devices.DeviceStatus): string =>
  status === "online" || status === "stale" ? ONLINE : OFFLINE;

function publishRetained(client: MqttClient, topic: string, payload: string): void {
  client.publish(topic, payload, { qos: 1, retain: true });
}
