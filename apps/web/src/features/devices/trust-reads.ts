import { devices, operations, trust } from "@gatehouse/contract";

/** What shows how far a device is believed: read again after a decision. */
export const DEVICE_TRUST = [
  trust.getDeviceTrust,
  trust.listHeld,
  devices.getDevice,
  devices.listDevices,
  devices.deviceFacets,
  operations.getOverview,
] as const;
