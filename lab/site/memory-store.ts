import type { DeviceStore } from "@gatehouse/device-client";

/** What a device of the lab keeps; gone with it. */
export function memoryStore(): DeviceStore {
  const files = new Map<string, Uint8Array>();
  return {
    loadIdentity: async () => files.get("identity"),
    saveIdentity: async (bytes) => void files.set("identity", bytes),
    loadState: async (name) => files.get(name),
    saveState: async (name, bytes) => void files.set(name, bytes),
  };
}
