import { isAppError } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";
import { ADAPTERS } from "../adapters/index.ts";
import { decodeJson } from "../payload.ts";
import type { DeviceIdentity, Discovery } from "../ports.ts";
import { sourceOf } from "../readings.ts";
import { Refused } from "../refused.ts";
import { isConfigTopic, readDiscoveryConfig } from "./discovery-config.ts";
import type { Entity } from "./entity.ts";

/** Entities one bridge may announce: a large Zigbee network has some hundreds. */
const MAX_ENTITIES = 2_000;

/** A message that carries a command to an announced device, through the bridge that announced it. */
export interface BridgedCommand {
  readonly bridgeId: string;
  readonly topic: string;
  readonly payload: string;
}

/** What every bridge has announced: config topic → entity, and which of its topics say what. */
export class Announcements {
  readonly #discovery: Discovery;
  readonly #byBridge = new Map<string, Map<string, Entity>>();

  constructor(discovery: Discovery) {
    this.#discovery = discovery;
  }

  /**
   * Takes an announcement or, with an empty payload, takes it back (the device and its history stay). Resolves
   * with the state topics whose entities changed, or why it is refused.
   */
  async take(by: DeviceIdentity, topic: string, payload: Buffer): Promise<readonly string[] | Refused> {
    if (!isConfigTopic(topic)) return [];
    const entities = this.#byBridge.get(by.deviceId) ?? new Map<string, Entity>();
    const before = entities.get(topic);
    if (payload.length === 0) {
      entities.delete(topic);
      return before === undefined ? [] : [before.stateTopic];
    }
    const entity = await this.#bind(
      by,
      topic,
      payload,
      before === undefined && entities.size >= MAX_ENTITIES,
    );
    if (entity instanceof Refused) return entity;
    this.#byBridge.set(by.deviceId, entities.set(topic, entity));
    return before === undefined || before.stateTopic === entity.stateTopic
      ? [entity.stateTopic]
      : [before.stateTopic, entity.stateTopic];
  }

  hasBridge(bridgeId: string): boolean {
    return this.#byBridge.has(bridgeId);
  }

  /** State topics of a bridge with the entities that listen there. */
  topicsOf(bridgeId: string): ReadonlyMap<string, readonly Entity[]> {
    const topics = new Map<string, Entity[]>();
    for (const entity of this.#byBridge.get(bridgeId)?.values() ?? []) {
      const known = topics.get(entity.stateTopic);
      if (known === undefined) topics.set(entity.stateTopic, [entity]);
      else known.push(entity);
    }
    return topics;
  }

  /** Devices that a bridge has announced. */
  devicesOf(bridgeId: string): ReadonlySet<string> {
    const entities = this.#byBridge.get(bridgeId)?.values() ?? [];
    return new Set([...entities].map(({ source }) => source.deviceId));
  }

  /** Undefined when no bridge has announced a switch that this command sets. */
  findCommand(command: devices.Command): BridgedCommand | undefined {
    for (const [bridgeId, entities] of this.#byBridge) {
      for (const { source, metric, command: target } of entities.values()) {
        const wanted = source.deviceId === command.deviceId ? command.params[metric] : undefined;
        if (target !== undefined && typeof wanted === "boolean")
          return { bridgeId, topic: target.topic, payload: wanted ? target.on : target.off };
      }
    }
    return undefined;
  }

  /** A bridge or an announced device is gone. */
  dropDevice(deviceId: string): void {
    this.#byBridge.delete(deviceId);
    for (const entities of this.#byBridge.values()) {
      for (const [topic, entity] of entities) if (entity.source.deviceId === deviceId) entities.delete(topic);
    }
  }

  async #bind(
    by: DeviceIdentity,
    topic: string,
    payload: Buffer,
    isFull: boolean,
  ): Promise<Entity | Refused> {
    const json = decodeJson(payload);
    if (json instanceof Refused) return json;
    const config = readDiscoveryConfig(topic, json.value);
    if (config instanceof Refused) return config;
    const { entity, discoveryId, deviceName } = config;
    if (ADAPTERS.some((adapter) => adapter.owns(entity.stateTopic)))
      return new Refused("message.topic_forbidden", entity.stateTopic);
    if (isFull) return new Refused("limit.reached", `more than ${MAX_ENTITIES} entities`);
    const { metric, label, unit, kind, decimals } = entity;
    try {
      const device = await this.#discovery.announce(by, {
        discoveryId,
        name: deviceName,
        metric: { key: metric, label, unit, kind, ...(decimals === undefined ? {} : { decimals }) },
      });
      return { ...entity, source: sourceOf(device) };
    } catch (error) {
      if (isAppError(error) && error.row.fault === "caller") return new Refused(error.code);
      throw error;
    }
  }
}
