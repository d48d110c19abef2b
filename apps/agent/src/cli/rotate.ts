import {
  AppError,
  type Clock,
  type ErrorCode,
  silentLogger,
  systemClock,
  systemRandom,
} from "@gatehouse/base";
import { DeviceChannel } from "@gatehouse/device-client";
import { loadConfig } from "../config/load.ts";
import { carrierOf } from "../run/carrier.ts";
import { askAgent } from "../state/control-socket.ts";
import { lockState } from "../state/lock.ts";
import type { StateFolder } from "../state/state-folder.ts";
import type { Output } from "./output.ts";

const CONNECT_TIMEOUT_MS = 30_000;

/** By the running agent, for itself and its cameras; without one it connects for this alone, and cameras keep their keys. */
export async function runRotate(state: StateFolder, output: Output): Promise<void> {
  const reply = await askAgent(state.path, state.socketName, "rotate");
  if (reply?.ok === false) throw new AppError(reply.code as ErrorCode, reply.fields);
  const renewed = reply?.value ?? { keyId: await rotateAlone(state, systemClock) };
  const { keyId, cameras = {} } = renewed as { keyId: string; cameras?: Record<string, string> };
  output.result({ keyId, cameras }, () =>
    [
      `New keys are in use: ${keyId}. The old ones are accepted for their overlap.`,
      ...Object.entries(cameras).map(([name, now]) => `  ${name}  ${now}`),
    ].join("\n"),
  );
}

async function rotateAlone(state: StateFolder, clock: Clock): Promise<string> {
  const identity = await state.getIdentity();
  const config = await loadConfig(state.configPath);
  const lock = await lockState(state.path);
  let connected: () => void = () => {};
  const connection = new Promise<void>((resolve) => {
    connected = resolve;
  });
  const channel = await DeviceChannel.open({
    identity,
    store: state,
    carrier: (current) => carrierOf(config.transport, current, clock, systemRandom),
    clock,
    random: systemRandom,
    log: silentLogger,
    events: { connected: () => connected() },
  });
  channel.start();
  try {
    await Promise.race([connection, unreachableAfter(CONNECT_TIMEOUT_MS, identity.url)]);
    return await channel.rotateKeys();
  } finally {
    await channel.stop();
    await lock.release();
  }
}

const unreachableAfter = (timeoutMs: number, url: string): Promise<never> =>
  new Promise((_, reject) => {
    setTimeout(() => reject(new AppError("url.unreachable", { url })), timeoutMs).unref();
  });
