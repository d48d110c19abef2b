import type { DeviceStore } from "../identity.ts";

/** What a device keeps, in memory: lives as long as the test lets it. */
export function memoryStore(): DeviceStore & { readonly files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    loadIdentity: async () => files.get("identity"),
    saveIdentity: async (bytes) => void files.set("identity", bytes),
    loadState: async (name) => files.get(name),
    saveState: async (name, bytes) => void files.set(name, bytes),
  };
}
