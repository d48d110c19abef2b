import type { devices } from "@gatehouse/contract";
import type { ServerEndpoints } from "../features/demo/index.ts";
import type { LocalCall } from "./local-server.ts";
import { readTextFile } from "./read-text-file.ts";
import { UsageError } from "./usage-error.ts";

/** Where simulated devices of this machine are made. */
const SITE = "Simulation";

export function whole(
  text: string | boolean | undefined,
  name: string,
  fallback: number,
  max: number,
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw new UsageError({ option: `--${name}`, expected: `1 to ${max}` });
  return value;
}

/** That many seconds from when it has begun, unless somebody stops it before. */
export function untilDone(seconds: number, begun: Promise<unknown> = Promise.resolve()): Promise<void> {
  return new Promise((resolve) => {
    const timer = begun.then(() => setTimeout(resolve, seconds * 1_000));
    process.once("SIGINT", () => {
      void timer.then(clearTimeout);
      resolve();
    });
  });
}

export async function ensureSite(call: LocalCall): Promise<string> {
  const { items } = await call<{ items: devices.Site[] }>("GET", "/api/v1/sites");
  const known = items.find((site) => site.name === SITE);
  return (known ?? (await call<devices.Site>("POST", "/api/v1/sites", { name: SITE, timeZone: "UTC" }))).id;
}

/** The device of this name gets a new key when it exists from an earlier run. */
export async function ensureDevice(
  call: LocalCall,
  siteId: string,
  name: string,
  typeId: string,
): Promise<string> {
  const { items } = await call<{ items: devices.Device[] }>("GET", `/api/v1/devices?limit=10&q=${name}`);
  const known = items.find((device) => device.name === name);
  if (known !== undefined)
    return (await call<devices.NewApiKey>("POST", `/api/v1/devices/${known.id}/keys`, { overlapSeconds: 0 }))
      .apiKey;
  return (
    await call<{ key: devices.NewApiKey }>("POST", "/api/v1/devices", {
      name,
      typeId,
      siteId,
      tags: ["simulated"],
    })
  ).key.apiKey;
}

export async function remote(url: string, caFile: string | boolean | undefined): Promise<ServerEndpoints> {
  const parsed = URL.parse(url);
  if (parsed === null)
    throw new UsageError({ option: "--server", expected: "an address like https://gate.example" });
  const isMqtt = parsed.protocol.startsWith("mqtt");
  return {
    httpUrl: isMqtt ? "" : parsed.origin,
    mqttUrl: isMqtt ? url : undefined,
    caPem: typeof caFile === "string" ? await readTextFile(caFile) : undefined,
  };
}
