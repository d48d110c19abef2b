import { camera } from "./camera/index.ts";
import { contact } from "./contact/index.ts";
import type { DeviceType } from "./device-type.ts";
import { esp32Cam } from "./esp32-cam/index.ts";
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
  esp32Cam,
  camera,
  linuxAgent,
  siteGateway,
  generic,
];

const BY_ID = new Map(DEVICE_TYPES.map((type) => [type.id, type]));

export const findDeviceType = (id: string): DeviceType | undefined => BY_ID.get(id);

/** Whether devices of this type send pictures. */
export const isCameraType = (id: string): boolean => BY_ID.get(id)?.camera === true;
