import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { isAppError, systemRandom } from "@gatehouse/base";
import { type CommandLine, parseCommandLine } from "./cli/arguments.ts";
import { createOutput } from "./cli/output.ts";
import { VERSION } from "./cli/version.ts";
import { openStateFolder } from "./state/state-folder.ts";

const USAGE = `gatehouse-agent COMMAND [--state-dir FOLDER] [--json]

  enrol URL CODE [--ca FILE] [--suite M1|C1] [--force]
  enrol URL --group ID --registration-id NAME [--group-key-file FILE]
                        makes this machine's keys and exchanges a claim code, or a group's key, for an identity
  run                   measures and sends until it is stopped; logs to standard output
  status                of the running agent, or of what it left
  sensor NAME           a password for a plain sensor at this gateway's site (--remove takes it away)
  camera add CODE SOURCE  a camera of this machine, with keys of its own; SOURCE is one of
                        --source rtsp://HOST/PATH, --multipart http://HOST/PATH (--user NAME, --password-file FILE),
                        --v4l2 /dev/video0 (--size 1280x720), --file FILM, --folder FOLDER (--fps 10)
  camera list           and camera remove NAME
  rotate                new keys, announced by the old ones
  install-service       writes a systemd unit that runs the agent (--print shows it)

The code and the group's key may be "-": then they are read from standard input.`;

/** Exit codes of sysexits.h. */
const [EX_USAGE, EX_CONFIG] = [64, 78];

const defaultStateDir = (): string =>
  process.getuid?.() === 0 ? "/var/lib/gatehouse-agent" : join(homedir(), ".local/state/gatehouse-agent");

/** Runs one command; a command's module is loaded only when it is asked for. */
async function run(line: CommandLine): Promise<number> {
  const { words, options } = line;
  const output = createOutput(options.json === true);
  const [command] = words;
  if (options.version === true) {
    output.result({ version: VERSION }, () => `gatehouse-agent ${VERSION}`);
    return 0;
  }
  if (options.help === true || command === undefined) {
    console.log(USAGE);
    return options.help === true ? 0 : EX_USAGE;
  }
  const folder = resolve(options["state-dir"] ?? defaultStateDir());
  try {
    switch (command) {
      case "enrol":
        await (await import("./cli/enrol.ts")).runEnrol(folder, line, output);
        return 0;
      case "run":
        return await (await import("./cli/run.ts")).runAgent(folder, options.root ?? "/");
      case "status":
        return await (await import("./cli/status.ts")).runStatus(folder, output);
      case "rotate":
        await (await import("./cli/rotate.ts")).runRotate(
          await openStateFolder(folder, systemRandom),
          output,
        );
        return 0;
      case "sensor":
        await (await import("./cli/sensor.ts")).runSensor(
          await openStateFolder(folder, systemRandom),
          line,
          output,
        );
        return 0;
      case "camera":
        await (await import("./cli/camera.ts")).runCamera(
          await openStateFolder(folder, systemRandom),
          line,
          output,
        );
        return 0;
      case "install-service":
        await (await import("./cli/install-service.ts")).runInstallService(folder, line, output);
        return 0;
      default:
        console.error(`There is no command "${command}".\n\n${USAGE}`);
        return EX_USAGE;
    }
  } catch (error) {
    output.failed(error);
    return isAppError(error, "config.invalid") ? EX_CONFIG : 1;
  }
}

let line: CommandLine;
try {
  line = parseCommandLine(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`);
  process.exit(EX_USAGE);
}
process.exitCode = await run(line);
