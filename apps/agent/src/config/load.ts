import { AppError } from "@gatehouse/base";
import { readPrivateFile } from "@gatehouse/base/private-file";
import type { Static, TSchema } from "typebox";
import { Errors } from "typebox/value";
import { isLocalAddress } from "./local-address.ts";
import { AgentConfig } from "./schema.ts";

const MAX_CONFIG_BYTES = 64 * 1024;

/** The file's settings over the defaults; no file is all defaults. Refuses `config.invalid` with every fault together. */
export async function loadConfig(path: string): Promise<AgentConfig> {
  const bytes = await readPrivateFile(path);
  return parseConfig(bytes, path);
}

export function parseConfig(bytes: Uint8Array | undefined, path: string): AgentConfig {
  if (bytes === undefined) return parseSettings(AgentConfig, {}, path);
  if (bytes.length > MAX_CONFIG_BYTES)
    throw new AppError("config.invalid", { path, reason: `larger than ${MAX_CONFIG_BYTES} bytes` });
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AppError("config.invalid", { path, reason: "not JSON" }, { cause });
  }
  const config = parseSettings(AgentConfig, value, path);
  for (const [name, { argv }] of Object.entries(config.commands)) {
    if (!argv[0]?.startsWith("/"))
      throw new AppError("config.invalid", {
        path,
        problems: [`commands.${name}.argv: must begin with the absolute path of a program`],
      });
  }
  const { gateway, transport } = config;
  if (gateway.enabled && !isLocalAddress(gateway.host))
    throw new AppError("config.invalid", {
      path,
      problems: ["gateway.host: must be an address of this machine that is loopback or of a private network"],
    });
  if (gateway.enabled && transport !== "websocket")
    throw new AppError("config.invalid", { path, problems: ["gateway: needs the transport websocket"] });
  return config;
}

/** `given` over the schema's defaults; refuses `config.invalid` with the name of every value that does not fit. */
export function parseSettings<T extends TSchema>(schema: T, given: unknown, path: string): Static<T> {
  const value = withDefaults(schema, given);
  const problems = Errors(schema, value)
    .slice(0, 20)
    .map((error) => {
      const at = error.instancePath.slice(1).replaceAll("/", ".");
      const names = (error.params as { additionalProperties?: readonly string[] }).additionalProperties;
      return `${at === "" ? "file" : at}: ${names === undefined ? error.message : `unknown: ${names.join(", ")}`}`;
    });
  if (problems.length > 0) throw new AppError("config.invalid", { path, problems });
  return value as Static<T>;
}

interface SchemaParts {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, TSchema>>;
  /** Of a record: the schema of its values. */
  readonly patternProperties?: Readonly<Record<string, TSchema>>;
}

/** What is left out has its default, at every depth; what is given stays, right or wrong. */
function withDefaults(schema: TSchema, given: unknown): unknown {
  const { default: value, properties, patternProperties } = schema as SchemaParts;
  if (properties === undefined && patternProperties === undefined) return given === undefined ? value : given;
  const object = given === undefined ? (value ?? {}) : given;
  if (typeof object !== "object" || object === null || Array.isArray(object)) return object;
  const entries = Object.entries(object as Record<string, unknown>);
  const [ofValues] = Object.values(patternProperties ?? {});
  if (ofValues !== undefined)
    return Object.fromEntries(entries.map(([name, inner]) => [name, withDefaults(ofValues, inner)]));
  const known = Object.entries(properties ?? {}).map(
    ([name, inner]) => [name, withDefaults(inner, (object as Record<string, unknown>)[name])] as const,
  );
  return Object.fromEntries([...entries, ...known].filter(([, inner]) => inner !== undefined));
}
