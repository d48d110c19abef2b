import { parseArgs } from "node:util";

export interface CommandLine {
  /** Words before and between the options: command, subcommand, operands. */
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

/** Every option of every command; one name means the same everywhere. */
const OPTIONS = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
  json: { type: "boolean" },
  demo: { type: "boolean" },
  "data-dir": { type: "string" },
  host: { type: "string" },
  port: { type: "string" },
  "mqtt-port": { type: "string" },
  "mqtts-port": { type: "string" },
  type: { type: "string" },
  site: { type: "string" },
  label: { type: "string" },
  tag: { type: "string" },
  search: { type: "string" },
  publish: { type: "string" },
  subscribe: { type: "string" },
  remove: { type: "string" },
  devices: { type: "string" },
  rate: { type: "string" },
  seconds: { type: "string" },
  server: { type: "string" },
  ca: { type: "string" },
  seed: { type: "string" },
  scene: { type: "string" },
  frames: { type: "string" },
  fps: { type: "string" },
  key: { type: "string" },
  force: { type: "boolean" },
  repair: { type: "boolean" },
  "dry-run": { type: "boolean" },
  "passphrase-file": { type: "string" },
  "new-passphrase-file": { type: "string" },
  "code-file": { type: "string" },
  fingerprint: { type: "string" },
  witness: { type: "string" },
  "key-file": { type: "string" },
  "password-file": { type: "string" },
  identity: { type: "string" },
  camera: { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  model: { type: "string" },
  out: { type: "string" },
  classes: { type: "string" },
  "min-score": { type: "string" },
} as const;

/** Splits the command line; an unknown option throws with a message that names it. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
    strict: true,
  });
  return { words: positionals, options: values };
}

/** Settings that the command line may override, as configuration names. */
export function configOverrides(options: CommandLine["options"]): Record<string, unknown> {
  const integer = (text: unknown): unknown =>
    typeof text === "string" && /^\d+$/.test(text) ? Number(text) : text;
  const given: Record<string, unknown> = {
    dataDir: options["data-dir"],
    "key.passphraseFile": options["passphrase-file"],
    "http.host": options.host,
    "http.port": integer(options.port),
    "mqtt.port": integer(options["mqtt-port"]),
    "mqtt.tlsPort": integer(options["mqtts-port"]),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
