import { isAppError } from "@gatehouse/base";
import { type CommandLine, configOverrides, parseCommandLine } from "./cli/arguments.ts";
import { createOutput } from "./cli/output.ts";
import { UsageError } from "./cli/usage-error.ts";
import { EX_CONFIG, loadConfig } from "./platform/config/load.ts";
import { productVersion } from "./platform/http/server.ts";

const USAGE = `gatehouse COMMAND [--json] [--data-dir FOLDER]

  start [--demo] [--host ADDRESS] [--port N] [--mqtt-port N] [--mqtts-port N]
  device add NAME [--type T] [--site S] [--label L] [--tag a,b]
  device list [--search TEXT]
  device topics NAME [--publish TOPIC] [--subscribe TOPIC] [--remove TOPIC]
  device revoke NAME
  people import FILE.csv|FILE.json [--dry-run]
  simulate [--devices N] [--rate READINGS_PER_SECOND] [--seconds S] [--seed X]
  simulate FILE --server URL [--ca FILE]
  simulate camera [FILM | --scene NAME | --frames FOLDER] [--fps N] [--seconds S] [--server URL --key KEY [--ca FILE]]
  backup [FOLDER]
  restore FOLDER [--force] [--code-file FILE]
  key show|seal|unseal|change|recover [BACKUP] [--force] [--passphrase-file FILE]
  key rotate
  offsite restore TARGET [--camera NAME] [--from TIME] [--to TIME]
  check [BACKUP_FOLDER] [--repair]
  verify FILE [--fingerprint TEXT] [--witness KEY,KEY] [--password-file FILE] [--identity FILE]
  open fernet FILE --key-file FILE|- --out FILM.mp4 [--force]
  detect bench [MODEL] [--seconds S]
  detect try PICTURE [--model MODEL] [--out FILE.png] [--classes person,dog|all] [--min-score 0.45]`;

/** Exit code for a command line that cannot be used (sysexits.h EX_USAGE). */
const EX_USAGE = 64;

/** Runs one command; a command's module is loaded only when it is asked for. */
async function run(line: CommandLine): Promise<number> {
  const output = createOutput(line.options.json === true);
  const command = line.words[0];
  if (line.options.version === true) {
    output.result({ version: productVersion() }, () => `gatehouse ${productVersion()}`);
    return 0;
  }
  if (line.options.help === true || command === undefined) {
    console.log(USAGE);
    return command === undefined && line.options.help !== true ? EX_USAGE : 0;
  }
  try {
    // Need neither settings nor a server: whoever verifies, or tries a model, may have none.
    if (command === "verify") return (await import("./cli/verify.ts")).runVerifyCommand(line);
    if (command === "open") {
      await (await import("./cli/open.ts")).runOpen(line, output);
      return 0;
    }
    if (command === "detect") {
      await (await import("./cli/detect.ts")).runDetect(line, output);
      return 0;
    }
    const config = loadConfig(process.env, configOverrides(line.options));
    if (command === "start")
      return await (await import("./cli/start.ts")).runStart(config, line.options.demo === true, output);
    if (command === "device") await (await import("./cli/device.ts")).runDevice(config, line, output);
    else if (command === "people")
      return (await (await import("./cli/people.ts")).runPeople(config, line, output)) ? 0 : 1;
    else if (command === "simulate" && line.words[1] === "camera")
      return (await (await import("./cli/simulate-camera.ts")).runSimulateCamera(config, line, output))
        ? 0
        : 1;
    else if (command === "simulate")
      return (await (await import("./cli/simulate.ts")).runSimulate(config, line, output)) ? 0 : 1;
    else if (command === "backup") await (await import("./cli/backup.ts")).runBackup(config, line, output);
    else if (command === "restore") await (await import("./cli/restore.ts")).runRestore(config, line, output);
    else if (command === "key") await (await import("./cli/key.ts")).runKey(config, line, output);
    else if (command === "offsite")
      return (await (await import("./cli/offsite.ts")).runOffsite(config, line, output)) ? 0 : 1;
    else if (command === "check")
      return (await (await import("./cli/check.ts")).runCheck(config, line, output)) ? 0 : 1;
    else {
      console.error(`There is no command "${command}".\n\n${USAGE}`);
      return EX_USAGE;
    }
    return 0;
  } catch (error) {
    output.failed(error);
    if (error instanceof UsageError) return EX_USAGE;
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
