import type { UnixMs } from "@gatehouse/base";
import type { Reading } from "@gatehouse/contract";
import { type DeviceType, findDeviceType, validateReading } from "@gatehouse/device-types";
import type { AnnouncedDevice } from "./ports.ts";
import { Refused } from "./refused.ts";
import type { Sample } from "./samples.ts";

/** Whose reading it is, with the type looked up once. */
export interface Source extends AnnouncedDevice {
  readonly type: DeviceType | undefined;
}

export const sourceOf = (device: AnnouncedDevice): Source => ({
  ...device,
  type: findDeviceType(device.typeId),
});

/** A sample that keeps to the device's type and its physical limits. */
export function toReading(source: Source, sample: Sample, receivedMs: UnixMs): Reading | Refused {
  if (source.type === undefined) return new Refused("message.schema", "device type unknown");
  const checked = validateReading(source.type, sample.values);
  if (!checked.ok) return new Refused(checked.code, checked.metric);
  return {
    tenantId: source.tenantId,
    deviceId: source.deviceId,
    typeId: source.typeId,
    tsMs: sample.tsMs,
    receivedMs,
    numbers: checked.numbers,
    states: checked.states,
  };
}
