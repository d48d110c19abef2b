import { AppError, seededRandom, systemClock, systemRandom } from "@gatehouse/base";
import type { devices, operations } from "@gatehouse/contract";
import { Fleet, type ServerEndpoints, type SimulatedDeviceSpec } from "../features/demo/index.ts";
import type { Config } from "../platform/config/schema.ts";
import { createLogger } from "../platform/logging/log.ts";
import type { CommandLine } from "./arguments.ts";
import { readCredentials } from "./credentials-file.ts";
import { isRunning, type LocalCall, withLocalServer } from "./local-server.ts";
import type { Output } from "./output.ts";
import { readTextFile } from "./read-text-file.ts";
import { UsageError } from "./usage-error.ts";

const SITE = "Simulation";
const TYPES = ["thermometer", "plug", "contact", "led"] as const;

/**
 * `simulate --devices N --rate R [--seconds S] [--seed X]`: N devices that send R readings a second together. On
 * this machine's server they are made first; on another (`--server URL`) their names and keys come from a file
 * that `device add --json` lines make. False when nothing was acknowledged.
 */
export async function runSimulate(
  config: Config,
  { options, words }: CommandLine,
  output: Output,
): Promise<boolean> {
  const count = whole(options.devices, "devices", 10, 100_000);
  const rate = whole(options.rate, "rate", count, 1_000_000);
  const seconds = whole(options.seconds, "seconds", 60, 31_536_000);
  const intervalMs = Math.max(10, (count / rate) * 1_000);
  const target =
    options.server === undefined
      ? await prepareLocal(config, count)
      : {
          endpoints: await remote(String(options.server), options.ca),
          devices: await readCredentials(words[1]),
        };
  const specs = target.devices
    .slice(0, count)
    .map((device): SimulatedDeviceSpec => ({ ...device, intervalMs, transport: "mqtt" }));
  const tally: { acknowledged: number; refused: number; lastFailure?: string } = {
    acknowledged: 0,
    refused: 0,
  };
  const random =
    options.seed === undefined ? systemRandom : seededRandom(whole(options.seed, "seed", 1, 2 ** 31 - 1));
  const fleet = new Fleet({
    endpoints: target.endpoints,
    clock: systemClock,
    random,
    log: createLogger(config.logLevel),
    onAcknowledged: () => void tally.acknowledged++,
    onRefused: () => void tally.refused++,
    onFailed(reason) {
      tally.lastFailure = reason;
    },
  });
  const ticker = setInterval(
    () =>
      process.stderr.write(
        `\r${fleet.connected}/${specs.length} connected, ${tally.acknowledged} acknowledged, ${tally.refused} refused `,
      ),
    1_000,
  );
  await fleet.start(specs);
  await untilDone(seconds);
  clearInterval(ticker);
  await fleet.stop();
  const result = { devices: specs.length, seconds, ...tally };
  output.result(
    result,
    () =>
      `\n${result.acknowledged} readings of ${result.devices} devices acknowledged, ${result.refused} refused.${tally.lastFailure === undefined ? "" : `\nLast failure: ${tally.lastFailure}`}`,
  );
  return tally.acknowledged > 0;
}

function whole(text: string | boolean | undefined, name: string, fallback: number, max: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw new UsageError({ option: `--${name}`, expected: `1 to ${max}` });
  return value;
}

function untilDone(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1_000);
    process.once("SIGINT", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

interface Target {
  readonly endpoints: ServerEndpoints;
  readonly devices: readonly Pick<SimulatedDeviceSpec, "name" | "typeId" | "apiKey">[];
}

async function prepareLocal(config: Config, count: number): Promise<Target> {
  if (!(await isRunning(config))) throw new AppError("server.not_running", { dataDir: config.dataDir });
  return withLocalServer(config, async (call) => {
    const { listeners, publicUrl } = await call<operations.NetworkInfo>("GET", "/api/v1/network");
    const siteId = await ensureSite(call);
    const made: { name: string; typeId: string; apiKey: string }[] = [];
    for (let i = 0; i < count; i++) {
      const typeId = TYPES[i % TYPES.length] as string;
      made.push({
        name: `sim-${String(i + 1).padStart(6, "0")}`,
        typeId,
        apiKey: await ensureDevice(call, siteId, `sim-${String(i + 1).padStart(6, "0")}`, typeId),
      });
      if (i % 100 === 99) process.stderr.write(`\r${i + 1} of ${count} devices ready `);
    }
    return {
      endpoints: { httpUrl: publicUrl, mqttUrl: listeners.find((listener) => listener.kind === "mqtt")?.url },
      devices: made,
    };
  });
}

async function ensureSite(call: LocalCall): Promise<string> {
  const { items } = await call<{ items: devices.Site[] }>("GET", "/api/v1/sites");
  const known = items.find((site) => site.name === SITE);
  return (known ?? (await call<devices.Site>("POST", "/api/v1/sites", { name: SITE, timeZone: "UTC" }))).id;
}

/** The device of this name gets a new key when it exists from an earlier run. */
async function ensureDevice(call: LocalCall, siteId: string, name: string, typeId: string): Promise<string> {
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

async function remote(url: string, caFile: string | boolean | undefined): Promise<ServerEndpoints> {
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
