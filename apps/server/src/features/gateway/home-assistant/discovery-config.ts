import { Refused } from "../refused.ts";
import { isRecord } from "../samples.ts";
import { isTopicName } from "../topic.ts";
import type { EntitySpec } from "./entity.ts";
import { parseValueTemplate, type ValueTemplate } from "./value-template.ts";

/** One announcement, read: the device it belongs to, and the entity. */
export interface DiscoveryConfig {
  readonly discoveryId: string;
  readonly deviceName: string;
  readonly entity: EntitySpec;
}

/** Abbreviations of Home Assistant's MQTT discovery that concern us. */
const LONG_NAMES: Readonly<Record<string, string>> = {
  dev: "device",
  ids: "identifiers",
  stat_t: "state_topic",
  val_tpl: "value_template",
  stat_val_tpl: "state_value_template",
  unit_of_meas: "unit_of_measurement",
  uniq_id: "unique_id",
  cmd_t: "command_topic",
  pl_on: "payload_on",
  pl_off: "payload_off",
  stat_on: "state_on",
  stat_off: "state_off",
  stat_cla: "state_class",
  dev_cla: "device_class",
  sug_dsp_prc: "suggested_display_precision",
  obj_id: "object_id",
  schema: "schema",
};

const KINDS: Readonly<Record<string, EntitySpec["kind"]>> = {
  sensor: "number",
  binary_sensor: "boolean",
  switch: "boolean",
  light: "boolean",
  number: "number",
};

const TOPIC = /^[^/]+\/([a-z_]+)\/(?:([A-Za-z0-9_-]+)\/)?([A-Za-z0-9_-]+)\/config$/;
const WHOLE_VALUE: ValueTemplate = { path: undefined, toNumber: false, roundDigits: undefined };
const JSON_LIGHT: ValueTemplate = { path: ["state"], toNumber: false, roundDigits: undefined };

export const isConfigTopic = (topic: string): boolean => TOPIC.test(topic);

/**
 * `<prefix>/<component>/[<node>/]<object>/config` with its payload. Refused with what is wrong when the component,
 * the template or the state topic is not one we can follow.
 */
export function readDiscoveryConfig(topic: string, payload: unknown): DiscoveryConfig | Refused {
  const [, component = "", node, object = ""] = TOPIC.exec(topic) ?? [];
  const kind = Object.hasOwn(KINDS, component) ? KINDS[component] : undefined;
  if (kind === undefined) return refuse(`the component ${component || "of this topic"} is not supported`);
  if (!isRecord(payload)) return refuse("not a JSON object");
  const config = spellOut(payload);
  const base = text(config["~"]) ?? "";
  const stateTopic = expand(text(config.state_topic), base);
  if (stateTopic === undefined || !isTopicName(stateTopic))
    return refuse("state_topic is missing or not a topic");
  const templateText = text(config.value_template) ?? text(config.state_value_template);
  const isJsonLight = component === "light" && config.schema === "json";
  const template =
    templateText === undefined ? (isJsonLight ? JSON_LIGHT : WHOLE_VALUE) : parseValueTemplate(templateText);
  if (template === undefined) return refuse(`value_template is too complex: ${templateText}`);
  const device = isRecord(config.device) ? spellOut(config.device) : {};
  const discoveryId = text(first(device.identifiers)) ?? node ?? text(config.unique_id) ?? object;
  const commandTopic = expand(text(config.command_topic), base);
  const on = text(config.payload_on) ?? "ON";
  const off = text(config.payload_off) ?? "OFF";
  const unit = text(config.unit_of_measurement) ?? "";
  return {
    discoveryId: discoveryId.slice(0, 128),
    deviceName: (text(device.name) ?? node ?? object).slice(0, 120),
    entity: {
      metric: metricKey(object),
      kind: kind === "number" && isText(component, config) ? "text" : kind,
      label: (text(config.name) ?? object).slice(0, 120),
      unit: unit.slice(0, 16),
      ...(Number.isInteger(config.suggested_display_precision)
        ? { decimals: Math.min(6, Math.max(0, config.suggested_display_precision as number)) }
        : {}),
      stateTopic,
      template,
      on: text(config.state_on) ?? on,
      off: text(config.state_off) ?? off,
      ...(commandTopic !== undefined && kind === "boolean" && isTopicName(commandTopic)
        ? { command: isJsonLight ? jsonCommand(commandTopic) : { topic: commandTopic, on, off } }
        : {}),
    },
  };
}

const jsonCommand = (topic: string) => ({ topic, on: '{"state":"ON"}', off: '{"state":"OFF"}' });

/** A sensor with neither unit nor state class says words, as Home Assistant takes it. */
const isText = (component: string, config: Readonly<Record<string, unknown>>): boolean =>
  component === "sensor" && config.unit_of_measurement === undefined && config.state_class === undefined;

function spellOut(short: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(short).map(([key, value]) => [
      Object.hasOwn(LONG_NAMES, key) ? LONG_NAMES[key] : key,
      value,
    ]),
  );
}

/** `~` at either end of a topic stands for the base topic. */
function expand(topic: string | undefined, base: string): string | undefined {
  if (topic === undefined || base === "") return topic;
  if (topic.startsWith("~")) return base + topic.slice(1);
  return topic.endsWith("~") ? topic.slice(0, -1) + base : topic;
}

function metricKey(object: string): string {
  const key = object.replace(/[^A-Za-z0-9_.-]/g, "_").slice(0, 60);
  return /^[A-Za-z]/.test(key) ? key : `m_${key}`;
}

const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);

function text(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

const refuse = (detail: string): Refused => new Refused("message.schema", detail);
