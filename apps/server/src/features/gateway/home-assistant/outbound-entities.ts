import type { devices } from "@gatehouse/contract";
import { findDeviceType, type HomeAssistantEntity } from "@gatehouse/device-types";
import { type CameraWatch, signsOf } from "./camera-signs.ts";

/** How the bridge names things on the broker of Home Assistant. */
export interface OutboundNames {
  /** Home Assistant's discovery prefix. */
  readonly prefix: string;
  readonly tenantId: string;
}

/** One entity as Home Assistant shall see it. */
export interface OutboundEntity {
  readonly configTopic: string;
  /** Payload of the config topic. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly stateTopic: string;
  readonly metric: string;
  readonly command?: {
    readonly topic: string;
    readonly key: string;
    readonly param: string;
    readonly kind: string;
  };
}

const ROOT = "gatehouse";

export const bridgeAvailabilityTopic = ({ tenantId }: OutboundNames): string =>
  `${ROOT}/${tenantId}/availability`;
export const availabilityTopic = (names: OutboundNames, deviceId: string): string =>
  `${ROOT}/${names.tenantId}/${deviceId}/availability`;
const topicOf = (names: OutboundNames, deviceId: string, metric: string, last: string): string =>
  `${ROOT}/${names.tenantId}/${deviceId}/${metric}/${last}`;
export const stateTopicOf = (names: OutboundNames, deviceId: string, metric: string): string =>
  topicOf(names, deviceId, metric, "state");

/** Every command topic of every device. */
export const commandFilter = ({ tenantId }: OutboundNames): string => `${ROOT}/${tenantId}/+/+/set`;
/** Every announcement, ours and others'. */
export const configFilter = ({ prefix }: OutboundNames): string => `${prefix}/+/+/+/config`;

/** The node id of our announcements: by it we know them again, and leave another installation's alone. */
const nodeId = ({ tenantId }: OutboundNames, deviceId: string): string => `${ROOT}_${tenantId}_${deviceId}`;
export const isOurConfig = (names: OutboundNames, topic: string): boolean =>
  topic.split("/").at(-3)?.startsWith(nodeId(names, "")) ?? false;

/** What a device's type and its own metrics give, and for a camera what is looked for in its pictures. */
export function outboundEntities(
  names: OutboundNames,
  device: devices.Device,
  watch?: CameraWatch,
): OutboundEntity[] {
  const type = findDeviceType(device.typeId);
  const ofType = (type?.metrics ?? []).map(({ key, kind, unit, label }) => ({
    key,
    kind,
    unit,
    label: label.en,
  }));
  const known = new Set(ofType.map(({ key }) => key));
  const own = device.metrics
    .filter(({ key }) => !known.has(key))
    .map(({ key, kind, unit, label }) => ({ key, kind, unit, label: label.en }));
  const measured = [...ofType, ...own].map((metric) => {
    const declared = type?.homeAssistant.find((entity) => entity.metric === metric.key);
    return entityOf(
      names,
      device,
      metric,
      declared ?? { component: plainComponent(metric.kind), metric: metric.key },
    );
  });
  const seen = signsOf(watch).map(({ metric, entity }) =>
    entityOf(names, device, { ...metric, label: metric.label.en }, entity),
  );
  return [...measured, ...seen];
}

interface Metric {
  readonly key: string;
  readonly kind: string;
  readonly unit: string;
  readonly label: string;
}

const plainComponent = (kind: string): "binary_sensor" | "sensor" =>
  kind === "boolean" ? "binary_sensor" : "sensor";

function entityOf(
  names: OutboundNames,
  device: devices.Device,
  metric: Metric,
  { component, deviceClass, stateClass, command }: HomeAssistantEntity,
): OutboundEntity {
  const node = nodeId(names, device.id);
  const object = metric.key.replace(/[^A-Za-z0-9_-]/g, "_");
  const stateTopic = stateTopicOf(names, device.id, metric.key);
  const commandTopic = topicOf(names, device.id, metric.key, "set");
  const isNumber = metric.kind === "number";
  return {
    configTopic: `${names.prefix}/${component}/${node}/${object}/config`,
    stateTopic,
    metric: metric.key,
    config: {
      name: metric.label,
      unique_id: `${node}_${object}`,
      state_topic: stateTopic,
      availability: [
        { topic: bridgeAvailabilityTopic(names) },
        { topic: availabilityTopic(names, device.id) },
      ],
      availability_mode: "all",
      device: {
        identifiers: [node],
        name: device.label === "" ? device.name : device.label,
        manufacturer: "Gatehouse",
        model: findDeviceType(device.typeId)?.label.en ?? device.typeId,
        suggested_area: device.siteName,
      },
      origin: { name: "Gatehouse" },
      ...(metric.unit === "" ? {} : { unit_of_measurement: metric.unit }),
      ...(deviceClass === undefined ? {} : { device_class: deviceClass }),
      ...(stateClass === undefined
        ? component === "sensor" && isNumber
          ? { state_class: "measurement" }
          : {}
        : { state_class: stateClass }),
      ...(command === undefined ? {} : { command_topic: commandTopic }),
    },
    ...(command === undefined ? {} : { command: { topic: commandTopic, ...command, kind: metric.kind } }),
  };
}

/** Home Assistant's way to write a value. */
export function stateText(value: number | boolean | string): string {
  if (typeof value === "boolean") return value ? "ON" : "OFF";
  return String(value);
}

/** And to read one that comes back; undefined when it is not of the metric's kind. */
export function commandValue(kind: string, text: string): number | boolean | string | undefined {
  if (kind === "boolean") return text === "ON" ? true : text === "OFF" ? false : undefined;
  if (kind !== "number") return text.length <= 1_024 ? text : undefined;
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) ? number : undefined;
}
