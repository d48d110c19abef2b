import { AppError, systemClock, systemRandom } from "@gatehouse/base";
import type { operations } from "@gatehouse/contract";
import { SCENES, type SceneName } from "@gatehouse/scenes";
import {
  type OpenFrameSource,
  openFilm,
  openFolder,
  SceneStudio,
  type ServerEndpoints,
  SimulatedCamera,
} from "../features/demo/index.ts";
import type { Config } from "../platform/config/schema.ts";
import { createLogger } from "../platform/logging/log.ts";
import type { CommandLine } from "./arguments.ts";
import { isRunning, withLocalServer } from "./local-server.ts";
import type { Output } from "./output.ts";
import { ensureDevice, ensureSite, remote, untilDone, whole } from "./simulation.ts";
import { UsageError } from "./usage-error.ts";

const NAME = "sim-camera";

/**
 * `simulate camera`: one camera that sends a film, a folder of JPEG files or a drawn scene. On this machine's server it
 * is made first; on another (`--server URL`) its key is given. False when no frame left.
 */
export async function runSimulateCamera(
  config: Config,
  { options, words }: CommandLine,
  output: Output,
): Promise<boolean> {
  const framesPerSecond = whole(options.fps, "fps", 10, 60);
  const seconds = whole(options.seconds, "seconds", 60, 31_536_000);
  const log = createLogger(config.logLevel);
  const open = pictures(words[2], options, framesPerSecond, (scene) =>
    new SceneStudio(log, { scenes: [scene], framesPerSecond }).open(scene),
  );
  const { endpoints, apiKey } = await target(config, options);
  const tally: { sent: number; refused: Record<string, number>; lastFailure?: string } = {
    sent: 0,
    refused: {},
  };
  const camera = new SimulatedCamera(NAME, apiKey, open, {
    endpoints,
    clock: systemClock,
    random: systemRandom,
    log,
    onSent: () => void tally.sent++,
    onRefused(code) {
      tally.refused[code] = (tally.refused[code] ?? 0) + 1;
    },
    onFailed(reason) {
      tally.lastFailure = reason;
    },
  });
  camera.start();
  await untilDone(seconds);
  await camera.stop();
  const refusals = Object.entries(tally.refused).map(([code, count]) => `${code} (${count})`);
  output.result({ seconds, ...tally }, () =>
    [
      `${tally.sent} frames sent.`,
      ...(refusals.length === 0 ? [] : [`Refused, told at most once a second: ${refusals.join(", ")}.`]),
      ...(tally.lastFailure === undefined ? [] : [`Last failure: ${tally.lastFailure}`]),
    ].join("\n"),
  );
  return tally.sent > 0;
}

function pictures(
  film: string | undefined,
  { scene, frames }: CommandLine["options"],
  framesPerSecond: number,
  openScene: (scene: SceneName) => OpenFrameSource,
): OpenFrameSource {
  if ([film, scene, frames].filter((given) => given !== undefined).length > 1)
    throw new UsageError({ usage: "one of FILM, --scene NAME and --frames FOLDER" });
  if (film !== undefined) return openFilm(film, framesPerSecond);
  if (typeof frames === "string") return openFolder(frames, framesPerSecond, systemClock);
  const name = SCENES.find((known) => known === (scene ?? SCENES[0]));
  if (name === undefined) throw new UsageError({ option: "--scene", expected: SCENES.join(", ") });
  return openScene(name);
}

async function target(
  config: Config,
  { server, key, ca }: CommandLine["options"],
): Promise<{ endpoints: ServerEndpoints; apiKey: string }> {
  if (server !== undefined) {
    if (typeof key !== "string") throw new UsageError({ option: "--key", expected: "the camera's API key" });
    return { endpoints: await remote(String(server), ca), apiKey: key };
  }
  if (!(await isRunning(config))) throw new AppError("server.not_running", { dataDir: config.dataDir });
  return withLocalServer(config, async (call) => {
    const { publicUrl } = await call<operations.NetworkInfo>("GET", "/api/v1/network");
    const apiKey = await ensureDevice(call, await ensureSite(call), NAME, "camera");
    return { endpoints: { httpUrl: publicUrl }, apiKey };
  });
}
