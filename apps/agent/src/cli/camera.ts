import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { AppError, systemClock, systemRandom } from "@gatehouse/base";
import { enrol } from "@gatehouse/device-client";
import { describeSource, type SourceOptions, sourceOf } from "../cameras/camera-source.ts";
import { KeptCameras } from "../cameras/kept-cameras.ts";
import { askAgent } from "../state/control-socket.ts";
import type { StateFolder } from "../state/state-folder.ts";
import type { CommandLine } from "./arguments.ts";
import type { Output } from "./output.ts";
import { readStandardInput } from "./standard-input.ts";
import { VERSION } from "./version.ts";

const USAGE = "gatehouse-agent camera add CODE SOURCE | camera list | camera remove NAME";

/** `camera add`, `camera list`, `camera remove`; a running agent takes the change up at once. */
export async function runCamera(state: StateFolder, line: CommandLine, output: Output): Promise<void> {
  const [, act, operand] = line.words;
  if (act === "add" && operand !== undefined) await add(state, line, operand, output);
  else if (act === "list") await list(state, output);
  else if (act === "remove" && operand !== undefined) await remove(state, operand, output);
  else throw new AppError("request.invalid", { usage: USAGE });
}

/** The claim code gives the camera an identity of its own at the agent's server. */
async function add(
  state: StateFolder,
  { options }: CommandLine,
  code: string,
  output: Output,
): Promise<void> {
  const agent = await state.getIdentity();
  const kept = new KeptCameras(state, systemRandom);
  const source = sourceOf(await withPaths(options));
  await kept.assertRoom();
  const { identity } = await enrol({
    url: agent.url,
    by: { code: code === "-" ? await readStandardInput() : code },
    suite: agent.suite,
    ...(agent.ca === undefined ? {} : { ca: agent.ca }),
    software: { name: "gatehouse-agent", version: VERSION },
    clock: systemClock,
    random: systemRandom,
  });
  await kept.add(identity, source);
  const runs = await tellAgent(state);
  const { deviceId, name, words, keys } = identity;
  const shown = describeSource(source);
  output.result({ deviceId, name, keyId: keys.keyId, words, source: source.kind, from: shown, runs }, () =>
    [
      `${name} is a camera of this machine.`,
      `  Four words   ${words.join(" ")}   (the same as in the console)`,
      `  Key id       ${keys.keyId}`,
      `  Source       ${source.kind} ${shown}`,
      runs ? "The running agent sends its pictures." : "Next: gatehouse-agent run",
    ].join("\n"),
  );
}

async function list(state: StateFolder, output: Output): Promise<void> {
  const { cameras, damaged } = await new KeptCameras(state, systemRandom).list();
  const found = cameras.map(({ deviceId, identity: { name, keys }, source }) => ({
    deviceId,
    name,
    keyId: keys.keyId,
    source: source.kind,
    from: describeSource(source),
  }));
  output.result({ cameras: found, damaged }, () =>
    found.length + damaged.length === 0
      ? "This machine has no cameras."
      : [
          ...found.map(({ name, source, from, deviceId }) => `${name}  ${source} ${from}  ${deviceId}`),
          ...damaged.map(({ deviceId, fault }) => `${deviceId}  damaged: ${fault}`),
        ].join("\n"),
  );
}

async function remove(state: StateFolder, which: string, output: Output): Promise<void> {
  const removed = await new KeptCameras(state, systemRandom).remove(which);
  if (removed === undefined) throw new AppError("device.not_found", { camera: which });
  await tellAgent(state);
  output.result(removed, () =>
    [
      `${removed.name} is no camera of this machine any more; its keys are deleted.`,
      "In the console it is still there: revoke or remove it.",
    ].join("\n"),
  );
}

/** Whether one runs and has heard of it. */
async function tellAgent(state: StateFolder): Promise<boolean> {
  const reply = await askAgent(state.path, state.socketName, "cameras");
  return reply?.ok === true;
}

/** Paths as the agent will find them, whoever starts it where; the password from where no process list shows it. */
async function withPaths(options: CommandLine["options"]): Promise<SourceOptions> {
  const { source, multipart, v4l2, file, folder, user, size, fps } = options;
  const passwordFile = options["password-file"];
  const absolute = (path: string | undefined) => (path === undefined ? undefined : resolve(path));
  const given = {
    ...{ source, multipart, user, size, fps },
    ...{ v4l2: absolute(v4l2), file: absolute(file), folder: absolute(folder) },
    password: passwordFile === undefined ? undefined : (await readFile(passwordFile, "utf8")).trim(),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
