import { ADAPTERS, type Adapter, type Upward } from "./adapters/index.ts";
import { isConfigTopic } from "./home-assistant/discovery-config.ts";
import type { Entity } from "./home-assistant/entity.ts";
import { MQTT_LIMITS } from "./limits.ts";
import type { DeviceIdentity } from "./ports.ts";
import { coversFilter, isTopicFilter, isTopicName, matchesFilter } from "./topic.ts";

/**
 * What a message on a topic is: read by us (`up`), handed to the subscribers of the tenant (`route`), an
 * announcement of a Home Assistant device (`discovery`), a message of announced devices (`announced`), the
 * answer to a command (`answer`), or refused.
 */
export type TopicUse =
  | { readonly use: "up"; readonly upward: Upward }
  | { readonly use: "route" }
  | { readonly use: "discovery" }
  | { readonly use: "announced"; readonly entities: readonly Entity[] }
  | { readonly use: "answer"; readonly commandId: string }
  | { readonly use: "forbidden" }
  | { readonly use: "unknown" };

const ROUTE: TopicUse = { use: "route" };
const DISCOVERY: TopicUse = { use: "discovery" };
const FORBIDDEN: TopicUse = { use: "forbidden" };
const UNKNOWN: TopicUse = { use: "unknown" };

/** Where announcements are made, and where Home Assistant says that it has started; its default prefix. */
const DISCOVERY_FILTER = "homeassistant/#";
const BIRTH_TOPIC = "homeassistant/status";

type Subject = Pick<DeviceIdentity, "tenantId" | "deviceId" | "name" | "typeId" | "grants" | "discovery">;

/** What one device may publish and subscribe. Exact topics are found with one look into a map. */
export class Permissions {
  readonly #topics = new Map<string, TopicUse>();
  readonly #filters: readonly string[];
  readonly #subject: Subject;
  readonly #adapters: readonly Adapter[];
  #remembered = 0;

  constructor(subject: Subject, adapters: readonly Adapter[] = ADAPTERS) {
    this.#subject = subject;
    this.#adapters = adapters;
    for (const adapter of adapters) {
      for (const [topic, upward] of adapter.publishes(subject))
        this.#topics.set(topic, { use: "up", upward });
    }
    this.#filters = [
      ...adapters.flatMap((adapter) => adapter.subscribes(subject)),
      ...(subject.discovery ? [BIRTH_TOPIC] : []),
    ];
  }

  forPublish(topic: string): TopicUse {
    const known = this.#topics.get(topic);
    if (known !== undefined) return known;
    const use = this.#decide(topic);
    if (this.#remembered < MQTT_LIMITS.rememberedTopics) {
      this.#remembered++;
      this.#topics.set(topic, use);
    }
    return use;
  }

  /** Lets the device use a topic that came up later: the answer to a command, an announced entity. */
  allow(topic: string, use: TopicUse): void {
    this.#topics.set(topic, use);
  }

  forget(topic: string): void {
    this.#topics.delete(topic);
  }

  /** `own`: messages to this device; `granted`: other topics of the tenant; `bridge`: topics of the device's own making. */
  forSubscribe(filter: string): "own" | "granted" | "bridge" | "forbidden" {
    if (!isTopicFilter(filter)) return "forbidden";
    if (this.#filters.some((allowed) => coversFilter(allowed, filter))) return "own";
    const granted = this.#subject.grants?.some(
      (grant) => grant.subscribe && coversFilter(grant.pattern, filter),
    );
    if (granted) return "granted";
    return this.#isBridgeTopic(filter) ? "bridge" : "forbidden";
  }

  /** Whether a subscription outlives the connection: one that says itself what the device may read. */
  mayKeep(filter: string): boolean {
    const verdict = this.forSubscribe(filter);
    return verdict === "own" || verdict === "granted";
  }

  #decide(topic: string): TopicUse {
    if (!isTopicName(topic)) return FORBIDDEN;
    if (this.#subject.discovery && matchesFilter(DISCOVERY_FILTER, topic) && isConfigTopic(topic))
      return DISCOVERY;
    const granted = this.#subject.grants?.some(
      (grant) => grant.publish && matchesFilter(grant.pattern, topic),
    );
    if (granted) return ROUTE;
    return topic.startsWith("$") || this.#adapters.some((adapter) => adapter.owns(topic))
      ? FORBIDDEN
      : UNKNOWN;
  }

  /**
   * A bridge listens on topics of its own choice (`zigbee2mqtt/+/set`), outside every space that belongs to devices.
   * It gets there what we send it and what it says itself, never another device's messages.
   */
  #isBridgeTopic(filter: string): boolean {
    if (this.#subject.discovery !== true || /^[$+#]/.test(filter)) return false;
    return !this.#adapters.some((adapter) => adapter.owns(filter));
  }
}
