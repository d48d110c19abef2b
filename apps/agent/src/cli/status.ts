import { stat } from "node:fs/promises";
import { AppError, isAppError, systemRandom } from "@gatehouse/base";
import { KeptCameras } from "../cameras/kept-cameras.ts";
import { listSegments } from "../spool/segment.ts";
import { askAgent } from "../state/control-socket.ts";
import { openStateFolder, type StateFolder } from "../state/state-folder.ts";
import type { Output } from "./output.ts";

/** Exit code of a service that does not run (LSB, "status" action). */
const NOT_RUNNING = 3;

/** Of the running agent; otherwise what its folder says. Changes nothing. */
export async function runStatus(folder: string, output: Output): Promise<number> {
  if (!(await exists(folder))) throw new AppError("agent.not_enrolled", { stateDir: folder });
  const state = await openStateFolder(folder, systemRandom);
  const reply = await askAgent(folder, state.socketName, "status");
  if (reply?.ok === true) {
    output.result({ running: true, ...reply.value }, () => table({ running: true, ...reply.value }));
    return 0;
  }
  const { deviceId, name, url, keys } = await state.getIdentity();
  const value = {
    running: false,
    deviceId,
    name,
    server: url,
    keyId: keys.keyId,
    storedBytes: await storedBytes(state.spoolFolder),
    cameras: await stoppedCameras(state),
  };
  output.result(value, () => table(value));
  return NOT_RUNNING;
}

async function stoppedCameras(state: StateFolder): Promise<readonly object[]> {
  const { cameras, damaged } = await new KeptCameras(state, systemRandom).list();
  return [
    ...cameras.map(({ deviceId, identity }) => ({ id: identity.name, state: "stopped", deviceId })),
    ...damaged.map(({ deviceId, fault }) => ({ id: deviceId, state: "damaged", reason: fault })),
  ];
}

async function storedBytes(folder: string): Promise<number> {
  if (!(await exists(folder))) return 0;
  const { segments } = await listSegments(folder);
  return segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || isAppError(error)) return false;
    throw error;
  }
}

function table(value: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(value).flatMap(([name, shown]): [string, string][] =>
    Array.isArray(shown)
      ? shown.map(({ id, state, reason }) => [
          `${name}.${id}`,
          reason === undefined ? state : `${state}: ${reason}`,
        ])
      : [[name, String(shown)]],
  );
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, shown]) => `${name.padEnd(width)}  ${shown}`).join("\n");
}
