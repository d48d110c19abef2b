import { setFlagsFromString } from "node:v8";
import { AppError } from "@gatehouse/base";
import { composeApp, type Ready } from "../compose/app.ts";
import type { Config } from "../platform/config/schema.ts";
import { createLogger } from "../platform/logging/log.ts";
import { isRunning } from "./local-server.ts";
import type { Output } from "./output.ts";
import { passphraseSource } from "./secret-input.ts";

/** How much of the live heap may be garbage before V8 collects it; left alone, a flood makes that several times the heap. */
const HEAP_GROWTH_PERCENT = 50;

/** Runs the server until it is asked to stop; answers the exit code. */
export async function runStart(config: Config, demo: boolean, output: Output): Promise<number> {
  if (await isRunning(config)) throw new AppError("server.already_running", { dataDir: config.dataDir });
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
  const log = createLogger(config.logLevel);
  const app = await composeApp({ config, log, network: true, demo, passphrase: passphraseSource(config) });
  output.result(app.ready, () => describe(app.ready, demo));
  const reason = await Promise.race([untilSignal(), app.failed]);
  const startedMs = performance.now();
  await app.stop();
  log.info({ reason, tookMs: Math.round(performance.now() - startedMs) }, "server.stopped");
  return reason === "SIGINT" || reason === "SIGTERM" ? 0 : 1;
}

/** A second signal ends the process at once. */
function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve(signal);
      });
    }
  });
}

function describe(ready: Ready, demo: boolean): string {
  const lines = [
    `Gatehouse ${ready.version} is ready (${(ready.tookMs / 1000).toFixed(1)} s).`,
    "",
    `  Console  ${ready.url}`,
  ];
  if (ready.setupUrl !== undefined)
    lines.push(
      `  Set up   ${ready.setupUrl}`,
      "           This link makes the owner. It works once; a new one is printed at every start until then.",
    );
  for (const address of ready.deviceUrls) lines.push(`  Devices  ${address}`);
  if (ready.caFingerprint !== undefined)
    lines.push(`  CA       SHA-256 ${ready.caFingerprint}`, `           Certificate: ${ready.url}/ca.pem`);
  if (demo)
    lines.push(
      `  Demo     ${ready.setupUrl === undefined ? "54 simulated devices are connecting." : "54 simulated devices appear as soon as there is an owner."}`,
    );
  return [...lines, "", "Ctrl-C stops it."].join("\n");
}
