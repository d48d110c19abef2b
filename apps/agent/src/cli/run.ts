import { systemClock, systemRandom } from "@gatehouse/base";
import { pino } from "pino";
import { loadConfig } from "../config/load.ts";
import { Agent } from "../run/agent.ts";
import { serveControl } from "../state/control-socket.ts";
import { lockState } from "../state/lock.ts";
import { openStateFolder } from "../state/state-folder.ts";
import { VERSION } from "./version.ts";

/** Runs until SIGINT or SIGTERM; a second signal ends the process at once. Answers the exit code. */
export async function runAgent(folder: string, root: string): Promise<number> {
  const signalled = untilSignal();
  const state = await openStateFolder(folder, systemRandom);
  const lock = await lockState(folder);
  const config = await loadConfig(state.configPath);
  const log = pino(
    {
      level: config.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ fd: 1, sync: true }),
  );
  // Listens before the agent reads which cameras it has: one that is added meanwhile is told, not missed.
  const started = Promise.withResolvers<Agent>();
  const control = await serveControl(folder, state.socketName, {
    status: async () => (await started.promise).status,
    rotate: async () => (await started.promise).rotateKeys(),
    cameras: async () => {
      await (await started.promise).reloadCameras();
      return {};
    },
  });
  started.resolve(
    Agent.start({ state, config, root, clock: systemClock, random: systemRandom, log, version: VERSION }),
  );
  const agent = await started.promise;
  // Nothing else keeps the process alive while it waits for its next beat.
  const keepAlive = setInterval(() => {}, 60_000);
  const signal = await signalled;
  log.info({ signal }, "agent.stopping");
  clearInterval(keepAlive);
  await control.close();
  await agent.stop();
  await lock.release();
  return 0;
}

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
