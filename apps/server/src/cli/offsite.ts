import { setTimeout as wait } from "node:timers/promises";
import { AppError } from "@gatehouse/base";
import { cameras, type ReplyOf } from "@gatehouse/contract";
import type { Config } from "../platform/config/schema.ts";
import type { CommandLine } from "./arguments.ts";
import { findDevice } from "./find-device.ts";
import { type LocalCall, withLocalServer } from "./local-server.ts";
import type { Output } from "./output.ts";
import { UsageError } from "./usage-error.ts";

const USAGE = "gatehouse offsite restore TARGET [--camera NAME] [--from TIME] [--to TIME]";
const ASK_EVERY_MS = 500;

/** `offsite restore TARGET`: fetches copies back into the recordings; ends when all that are wanted were looked at. */
export async function runOffsite(
  config: Config,
  { words, options }: CommandLine,
  output: Output,
): Promise<boolean> {
  const [, verb, name] = words;
  if (verb !== "restore" || name === undefined) throw new UsageError({ usage: USAGE });
  const wanted = { ...timeOf("fromMs", options.from), ...timeOf("toMs", options.to) };
  const restore = await withLocalServer(config, async (call) => {
    const { id } = await findTarget(call, name);
    const camera = typeof options.camera === "string" ? await findDevice(call, options.camera) : undefined;
    const body = { ...wanted, ...(camera === undefined ? {} : { cameraId: camera.id }) };
    await call(cameras.restoreOffsite.method, cameras.restoreOffsite.path.replace(":id", id), body);
    for (;;) {
      const { restore: run } = await findTarget(call, id);
      if (run !== undefined && !run.running) return run;
      await wait(ASK_EVERY_MS);
    }
  });
  const { taken, known, foreign, bytes, noRoom, failure } = restore;
  output.result(restore, () =>
    [
      `${taken} segments are back, ${bytes} bytes. ${known} were here or were erased, ${foreign} do not open with a key of this installation.`,
      ...(noRoom === true ? ["It ended because there is no room: raise the caps of the recordings."] : []),
      ...(failure === undefined ? [] : [`It ended early: ${failure.code} ${failure.detail ?? ""}`]),
    ].join("\n"),
  );
  return noRoom !== true && failure === undefined;
}

/** By name in any case, or by id. */
async function findTarget(call: LocalCall, name: string): Promise<cameras.OffsiteTarget> {
  const { method, path } = cameras.listOffsiteTargets;
  const { items } = await call<ReplyOf<typeof cameras.listOffsiteTargets>>(method, path);
  const target = items.find((known) => known.id === name || known.name.toLowerCase() === name.toLowerCase());
  if (target === undefined) throw new AppError("offsite.target_not_found", { name });
  return target;
}

function timeOf(name: "fromMs" | "toMs", text: unknown): Partial<Record<"fromMs" | "toMs", number>> {
  if (typeof text !== "string") return {};
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) throw new UsageError({ usage: USAGE });
  return { [name]: atMs };
}
