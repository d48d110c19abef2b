import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "@gatehouse/base";
import { type App, composeApp } from "../../apps/server/src/compose/app.ts";
import { loadConfig } from "../../apps/server/src/platform/config/load.ts";
import { ALL_ON } from "../../apps/server/src/platform/controls.ts";
import { createLogger } from "../../apps/server/src/platform/logging/log.ts";
import type { FromSite, ToSite } from "./messages.ts";

// The process of a lab's server: told by its parent alone, on loopback alone, gone with its parent.

let app: App | undefined;
let dataDir: string | undefined;
let starting: Promise<void> | undefined;
/** One that hangs is not waited for when everything is to end. */
const START_MAY_TAKE_MS = 60_000;

async function start(env: Record<string, string>, off: ToSite & { kind: "start" }): Promise<void> {
  const controls = off.off === undefined ? ALL_ON : { ...ALL_ON, [off.off]: false };
  const config = loadConfig(env);
  dataDir = config.dataDir;
  app = await composeApp({ config, log: createLogger("error"), network: true, demo: false, controls });
  say({ kind: "ready", setupUrl: app.ready.setupUrl, atMs: systemClock.nowMs() });
}

/** With what was behind it: that a port is taken, say. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined ? `${error} (${error.cause})` : String(error);

const say = (message: FromSite): void => void process.send?.(message);

async function stop(): Promise<void> {
  await app?.stop();
  say({ kind: "stopped" });
}

/** Buffers, after what nobody holds any more is gone: what came over sockets and waits. */
async function weigh(): Promise<void> {
  globalThis.gc?.();
  say({ kind: "weighed", heldBytes: process.memoryUsage().arrayBuffers });
}

const workOf = (message: ToSite): Promise<void> =>
  message.kind === "start" ? start(message.env, message) : message.kind === "stop" ? stop() : weigh();

process.on("message", (message: ToSite) => {
  const work = workOf(message);
  if (message.kind === "start") starting = work;
  work.catch((error: unknown) => say({ kind: "failed", reason: reasonOf(error) }));
});
/** Nothing of this may stay, be it that the start or the stop fails. */
async function vanish(): Promise<void> {
  await Promise.race([starting?.catch(() => undefined), sleep(START_MAY_TAKE_MS)]);
  await app?.stop().catch(() => undefined);
  // A database that was ended hard may write its last meanwhile.
  if (dataDir !== undefined)
    await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

// The parent is gone.
process.on("disconnect", () => void vanish().finally(() => process.exit(0)));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
