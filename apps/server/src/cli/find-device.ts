import { AppError } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";
import type { LocalCall } from "./local-server.ts";

/** By name in any case, or by id. */
export async function findDevice(call: LocalCall, name: string): Promise<devices.Device> {
  const { items } = await call<{ items: devices.Device[] }>(
    "GET",
    `/api/v1/devices?limit=200&q=${encodeURIComponent(name)}`,
  );
  const device = items.find((known) => known.name.toLowerCase() === name.toLowerCase() || known.id === name);
  if (device === undefined) throw new AppError("device.not_found", { name });
  return device;
}
