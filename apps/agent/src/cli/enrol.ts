import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { AppError, systemClock, systemRandom } from "@gatehouse/base";
import { type EnrolRequest, encodeIdentity, enrol } from "@gatehouse/device-client";
import { SUITE_IDS } from "@gatehouse/secure-channel";
import { lockState } from "../state/lock.ts";
import { openStateFolder } from "../state/state-folder.ts";
import type { CommandLine } from "./arguments.ts";
import type { Output } from "./output.ts";
import { readStandardInput } from "./standard-input.ts";
import { VERSION } from "./version.ts";

/** `enrol URL CODE`, or `enrol URL --group ID …`: the identity is on disk before it is said. */
export async function runEnrol(folder: string, line: CommandLine, output: Output): Promise<void> {
  const { options } = line;
  const url = serverUrl(line.words[1]);
  const by = await proofOf(line);
  const suite = SUITE_IDS[(options.suite ?? "M1").toUpperCase() as keyof typeof SUITE_IDS];
  if (suite === undefined) throw usage("--suite is M1 or C1");
  const state = await openStateFolder(folder, systemRandom);
  const lock = await lockState(folder);
  try {
    if (options.force !== true && (await state.loadIdentity()) !== undefined)
      throw new AppError("agent.already_enrolled", { stateDir: folder });
    const { identity, serverTimeMs } = await enrol({
      url,
      by,
      suite,
      ...(options.ca === undefined ? {} : { ca: await readFile(options.ca, "utf8") }),
      software: { name: "gatehouse-agent", version: VERSION },
      clock: systemClock,
      random: systemRandom,
    });
    await state.forgetDevice();
    await state.saveIdentity(encodeIdentity(identity));
    const { deviceId, name, keys, words } = identity;
    const clockOffsetMs = systemClock.nowMs() - serverTimeMs;
    output.result({ deviceId, name, keyId: keys.keyId, words, clockOffsetMs, stateDir: folder }, () =>
      [
        `This machine is now ${name}.`,
        `  Four words   ${words.join(" ")}   (the same as in the console)`,
        `  Key id       ${keys.keyId}`,
        `  State        ${folder}`,
        ...(Math.abs(clockOffsetMs) > 300_000
          ? [`  Clock        ${Math.round(clockOffsetMs / 1000)} s from the server's: set it`]
          : []),
        "Next: gatehouse-agent run, or gatehouse-agent install-service",
      ].join("\n"),
    );
  } finally {
    await lock.release();
  }
}

function serverUrl(text: string | undefined): string {
  const url = URL.parse(text ?? "");
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw usage("gatehouse-agent enrol https://SERVER CODE");
  return url.origin;
}

async function proofOf({ words, options }: CommandLine): Promise<EnrolRequest["by"]> {
  if (options.group === undefined) {
    const code = words[2] === "-" ? await readStandardInput() : words[2];
    if (code === undefined) throw usage("gatehouse-agent enrol URL CODE");
    return { code };
  }
  const keyFile = options["group-key-file"] ?? "-";
  const groupKey = keyFile === "-" ? await readStandardInput() : (await readFile(keyFile, "utf8")).trim();
  return { groupId: options.group, groupKey, registrationId: options["registration-id"] ?? hostname() };
}

const usage = (text: string): AppError => new AppError("request.invalid", { usage: text });
