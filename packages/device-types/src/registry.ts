import { contact } from "./contact/index.ts";
import type { DeviceType } from "./device-type.ts";
import { generic } from "./generic/index.ts";
import { led } from "./led/index.ts";
import { linuxAgent } from "./linux-agent/index.ts";
import { meter } from "./meter/index.ts";
import { plug } from "./plug/index.ts";
import { siteGateway } from "./site-gateway/index.ts";
import { thermometer } from "./thermometer/index.ts";

/** Every device type, in the order in which people choose from them. */
export const DEVICE_TYPES: readonly DeviceType[] = [
  thermometer,
  plug,
  led,
  contact,
  meter,
  linuxAgent,
  siteGateway,
  generic,
];

const BY_ID = new Map(DEVICE_TYPES.map((type) => [type.id, type]));

export const findDeviceType = (id: string): DeviceType | undefined => BY_ID.get(id);
