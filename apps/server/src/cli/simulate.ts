import { AppError, seededRandom, systemClock, systemRandom } from "@gatehouse/base";
import type { operations } from "@gatehouse/contract";
import { Fleet, type ServerEndpoints, type SimulatedDeviceSpec } from "../features/demo/index.ts";
import type { Config } from "../platform/config/schema.ts";
import { createLogger } from "../platform/logging/log.ts";
import type { CommandLine } from "./arguments.ts";
import { readCredentials } from "./credentials-file.ts";
import { isRunning, withLocalServer } from "./local-server.ts";
import type { Output } from "./output.ts";
import { ensureDevice, ensureSite, remote, untilDone, whole } from "./simulation.ts";

const TYPES = ["thermometer", "plug", "contact", "led"] as const;
/** A server that says nothing for so long is not waited for. */
const CONNECT_WITHIN_MS = 30_000;

/**
 * `simulate --devices N --rate R [--seconds S] [--seed X]`: N devices that send R readings a second together. On
 * this machine's server they are made first; on another (`--server URL`) their names and keys come from a file
 * that `device add --json` lines make. The seconds count once all have set out and the first is connected, or could
 * not be. False when nothing was acknowledged.
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
  const begun = Promise.withResolvers<void>();
  const fleet = new Fleet({
    endpoints: target.endpoints,
    clock: systemClock,
    random,
    log: createLogger(config.logLevel),
    onAcknowledged: () => void tally.acknowledged++,
    onRefused: () => void tally.refused++,
    onConnected: () => begun.resolve(),
    onFailed(reason) {
      tally.lastFailure = reason;
      begun.resolve();
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
  setTimeout(begun.resolve, CONNECT_WITHIN_MS).unref();
  await untilDone(seconds, begun.promise);
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
