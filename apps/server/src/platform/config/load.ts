import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join, resolve } from "node:path";
import { AppError } from "@gatehouse/base";
import type { TSchema } from "typebox";
import { Errors } from "typebox/value";
import { type Config, ConfigSchema } from "./schema.ts";

/** Exit code for a configuration that cannot be used (sysexits.h EX_CONFIG). */
export const EX_CONFIG = 78;

type Tree = { [key: string]: unknown };

interface Leaf {
  readonly path: readonly string[];
  readonly env: string;
  readonly schema: TSchema & {
    readonly default?: unknown;
    readonly description?: string;
    readonly type?: string;
  };
}

/** Every setting with its place in the tree and its environment name, in the schema's order. */
export function configLeaves(schema: object = ConfigSchema, path: readonly string[] = []): Leaf[] {
  const properties = (schema as { properties?: Record<string, TSchema> }).properties ?? {};
  return Object.entries(properties).flatMap(([key, child]) =>
    "properties" in child
      ? configLeaves(child, [...path, key])
      : [{ path: [...path, key], env: envName([...path, key]), schema: child as Leaf["schema"] }],
  );
}

const envName = (path: readonly string[]): string =>
  `GATEHOUSE_${path.map((part) => part.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()).join("_")}`;

/**
 * Defaults, then `gatehouse.json` in the data folder, then the environment, then `overrides` (command line).
 * Unknown keys and wrong values are all reported together as config.invalid with `problems`.
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  overrides: Partial<Record<string, unknown>> = {},
): Config {
  const problems: string[] = [];
  const leaves = configLeaves();
  const fromEnv = readEnv(env, leaves, problems);
  const dataDir = String(overrides.dataDir ?? get(fromEnv, ["dataDir"]) ?? "data");
  const fromFile = readFile(join(dataDir, "gatehouse.json"), leaves, problems);
  const tree: Tree = {};
  for (const leaf of leaves) {
    const name = leaf.path.join(".");
    const value =
      overrides[name] ?? get(fromEnv, leaf.path) ?? get(fromFile, leaf.path) ?? leaf.schema.default;
    set(tree, leaf.path, value);
  }
  set(tree, ["dataDir"], resolve(dataDir));
  const credential = systemdCredential(env.CREDENTIALS_DIRECTORY);
  if (get(tree, ["key", "passphraseFile"]) === "" && credential !== undefined)
    set(tree, ["key", "passphraseFile"], credential);
  for (const error of Errors(ConfigSchema, tree))
    problems.push(`${error.instancePath.slice(1).replaceAll("/", ".")}: ${error.message}`);
  if (problems.length > 0) throw new AppError("config.invalid", { problems });
  const config = tree as unknown as Config;
  assertSafe(config);
  return config;
}

/** The passphrase that systemd hands to the service (`LoadCredential=gatehouse-passphrase:…`). */
function systemdCredential(folder: string | undefined): string | undefined {
  if (folder === undefined) return undefined;
  const path = join(folder, "gatehouse-passphrase");
  return existsSync(path) ? path : undefined;
}

/** Refuses the combinations that would put an unprotected port on a network. */
function assertSafe(config: Config): void {
  const problems: string[] = [];
  if (!isLoopbackHost(config.mqtt.host))
    problems.push("mqtt.host: plain MQTT is for loopback only; devices elsewhere use mqtt.tlsPort");
  if (config.tls.mode === "off" && !isLoopbackHost(config.http.host) && config.trustedProxies.length === 0) {
    problems.push("tls.mode: off is allowed only on loopback or behind trustedProxies");
  }
  if (config.tls.mode === "off" && !isLoopbackHost(config.http.host) && config.cameras.grpcPort !== 0)
    problems.push("cameras.grpcPort: gRPC without TLS is allowed only on loopback");
  for (const range of config.trustedProxies)
    if (!isAddressRange(range))
      problems.push(`trustedProxies: ${range} is no address and no range like 10.0.0.0/8`);
  if ((config.tls.certFile === "") !== (config.tls.keyFile === ""))
    problems.push("tls: certFile and keyFile belong together");
  if (!isDatabaseProtected(config.databaseUrl)) {
    problems.push(
      "databaseUrl: a server on a network needs ?sslmode=verify-full, and &sslrootcert=FILE for an authority of your own",
    );
  }
  if (problems.length > 0) throw new AppError("config.invalid", { problems });
}

/** An IP address, or a range in CIDR notation. */
function isAddressRange(text: string): boolean {
  const [, address = "", prefix = "0"] = /^([^/%]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && Number(prefix) <= (family === 4 ? 32 : 128);
}

/** Nothing leaves this machine (loopback or a socket), or it goes to whom a certificate names. What cannot be read is not. */
function isDatabaseProtected(url: string): boolean {
  if (url === "" || url.startsWith("/")) return true;
  // A user without a host is the local server for pg, and no URL for anybody else.
  const parsed = URL.parse(url.replace("@/", "@localhost/"));
  if (parsed?.protocol === "socket:") return true;
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) return false;
  const { hostname, searchParams } = parsed;
  if (searchParams.get("sslmode") === "verify-full" && !searchParams.has("ssl")) return true;
  const hosts = [hostname.replace(/^\[|\]$/g, ""), ...searchParams.getAll("host")];
  return hosts.every(
    (host) => host === "" || decodeURIComponent(host).startsWith("/") || isLoopbackHost(host),
  );
}

export const isLoopbackHost = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);

function readEnv(
  env: Readonly<Record<string, string | undefined>>,
  leaves: readonly Leaf[],
  problems: string[],
): Tree {
  const tree: Tree = {};
  const known = new Map(leaves.map((leaf) => [leaf.env, leaf]));
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith("GATEHOUSE_") || text === undefined) continue;
    const leaf = known.get(name);
    if (leaf === undefined) problems.push(`${name}: no such setting`);
    else set(tree, leaf.path, parseText(text, leaf.schema));
  }
  if (env.DATABASE_URL !== undefined && get(tree, ["databaseUrl"]) === undefined)
    set(tree, ["databaseUrl"], env.DATABASE_URL);
  return tree;
}

/** Text of the environment → the setting's type; what does not fit is left as text for the check to name. */
function parseText(text: string, schema: Leaf["schema"]): unknown {
  if (schema.type === "integer") return /^-?\d+$/.test(text) ? Number(text) : text;
  if (schema.type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  if (schema.type === "array")
    return text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  return text;
}

function readFile(path: string, leaves: readonly Leaf[], problems: string[]): Tree {
  if (!existsSync(path)) return {};
  try {
    const tree = JSON.parse(readFileSync(path, "utf8")) as Tree;
    const known = new Set(leaves.map((leaf) => leaf.path.join(".")));
    for (const name of flatten(tree))
      if (!known.has(name)) problems.push(`gatehouse.json: ${name}: no such setting`);
    return tree;
  } catch (error) {
    problems.push(`gatehouse.json: ${(error as Error).message}`);
    return {};
  }
}

function flatten(tree: unknown, prefix = ""): string[] {
  if (typeof tree !== "object" || tree === null || Array.isArray(tree)) return [prefix];
  return Object.entries(tree).flatMap(([key, value]) =>
    flatten(value, prefix === "" ? key : `${prefix}.${key}`),
  );
}

function get(tree: Tree, path: readonly string[]): unknown {
  let node: unknown = tree;
  for (const part of path)
    node =
      typeof node === "object" && node !== null && Object.hasOwn(node, part)
        ? (node as Tree)[part]
        : undefined;
  return node;
}

function set(tree: Tree, path: readonly string[], value: unknown): void {
  let node = tree;
  for (const part of path.slice(0, -1)) {
    node[part] ??= {};
    node = node[part] as Tree;
  }
  node[path.at(-1) as string] = value;
}
