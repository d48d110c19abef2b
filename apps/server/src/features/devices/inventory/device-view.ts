import type { devices } from "@gatehouse/contract";
import { findDeviceType } from "@gatehouse/device-types";
import type { OwnMetric } from "../model.ts";
import type { Presence } from "../presence/presence.ts";
import type { InventoryRow } from "./inventory-store.ts";

/** A device as the console sees it: the stored row, what memory knows of its presence, and its values. */
export function viewDevice(
  row: InventoryRow,
  presence: Presence | undefined,
  more: {
    readonly metrics: readonly OwnMetric[];
    readonly last: readonly devices.LastValue[];
    readonly trust: devices.Device["trust"];
  },
): devices.Device {
  const optional = {
    lastSeenMs: presence?.lastSeenMs,
    address: presence?.address,
    via: presence?.via,
    revokedMs: row.revokedMs,
  };
  return {
    id: row.deviceId,
    name: row.name,
    label: row.label,
    typeId: row.typeId,
    siteId: row.siteId,
    siteName: row.siteName,
    tags: [...row.tags],
    status: presence?.status ?? "never",
    intervalMs: row.intervalMs,
    createdMs: row.createdMs,
    demo: row.demo,
    metrics: mergeMetrics(row.typeId, more.metrics),
    commands: findDeviceType(row.typeId)?.commands.map(({ key }) => key) ?? [],
    last: [...more.last],
    ...(more.trust === undefined ? {} : { trust: more.trust }),
    ...(row.gateway === undefined ? {} : { gateway: row.gateway }),
    ...(optional.lastSeenMs === undefined ? {} : { lastSeenMs: optional.lastSeenMs }),
    ...(optional.address === undefined ? {} : { address: optional.address }),
    ...(optional.via === undefined ? {} : { via: optional.via }),
    ...(optional.revokedMs === undefined ? {} : { revokedMs: optional.revokedMs }),
  };
}

/** The type's metrics in its order, then the device's own. The type knows better where both name one. */
export function mergeMetrics(typeId: string, own: readonly OwnMetric[]): OwnMetric[] {
  const type = findDeviceType(typeId);
  const typed = (type?.metrics ?? []).map(({ key, unit, label, kind, decimals }) => ({
    key,
    unit,
    label: { ...label },
    kind,
    ...(decimals === undefined ? {} : { decimals }),
  }));
  return [...typed, ...own.filter(({ key }) => !type?.metricByKey.has(key))];
}
