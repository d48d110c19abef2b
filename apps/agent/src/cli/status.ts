import { stat } from "node:fs/promises";
import { AppError, isAppError, systemRandom } from "@gatehouse/base";
import { InsteadOfModel } from "@gatehouse/device-types/camera-words";
import { Check } from "typebox/value";
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

/** What a camera does at this machine beside sending pictures. */
function workOf(camera: Readonly<Record<string, unknown>>): string[] {
  const { detector, detectorInstead, detectorProblem, looksPerSecond, lookMs, visitsWaiting } = camera;
  const { clips, clipBytes, waiting, seals, sealingProblem } = camera;
  const looks = `${detector}, ${looksPerSecond} looks/s of ${lookMs} ms`;
  const megabytes = Math.round(Number(clipBytes) / 1e6);
  const kept = seals === true || Number(clips) > 0;
  return [
    ...(detector === undefined
      ? []
      : [detectorProblem === undefined ? looks : `detector: ${detectorProblem}`]),
    ...(isInstead(detectorInstead)
      ? [`in place of ${detectorInstead.wanted}: ${wordOf(detectorInstead)}`]
      : []),
    ...(Number(visitsWaiting) > 0 ? [`${visitsWaiting} visits wait for the server`] : []),
    ...(kept ? [`${clips} segments here, ${megabytes} MB, ${waiting} wait for the server`] : []),
    ...(sealingProblem === undefined ? [] : [`not sealed: ${sealingProblem}`]),
  ];
}

const isInstead = (value: unknown): value is InsteadOfModel => Check(InsteadOfModel, value);

const wordOf = ({ why, share }: InsteadOfModel): string =>
  why === "coming" ? `${Math.floor(share * 100)} % of it came` : why;

function table(value: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(value).flatMap(([name, shown]): [string, string][] =>
    Array.isArray(shown)
      ? shown.map((one) => [
          `${name}.${one.id}`,
          [one.reason === undefined ? one.state : `${one.state}: ${one.reason}`, ...workOf(one)].join("; "),
        ])
      : [[name, String(shown)]],
  );
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, shown]) => `${name.padEnd(width)}  ${shown}`).join("\n");
}
