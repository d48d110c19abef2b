import { AppError } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";
import type { Config } from "../platform/config/schema.ts";
import type { CommandLine } from "./arguments.ts";
import { showTopics } from "./device-topics.ts";
import { findDevice } from "./find-device.ts";
import { type LocalCall, withLocalServer } from "./local-server.ts";
import { type Output, table } from "./output.ts";
import { UsageError } from "./usage-error.ts";

/**
 * `device add NAME --type T [--site S] [--label L] [--tag a,b]`, `device list [--search TEXT]`, `device revoke NAME`,
 * `device topics NAME [--publish TOPIC] [--subscribe TOPIC] [--remove TOPIC]`.
 */
export function runDevice(config: Config, { words, options }: CommandLine, output: Output): Promise<void> {
  const [, verb, name] = words;
  return withLocalServer(config, async (call) => {
    if (verb === "add" && name !== undefined) await add(config, call, name, options, output);
    else if (verb === "list") await list(call, options, output);
    else if (verb === "revoke" && name !== undefined) await revoke(call, name, output);
    else if (verb === "topics" && name !== undefined) await showTopics(call, name, options, output);
    else
      throw new UsageError({
        usage: "gatehouse device add NAME --type TYPE | list | revoke NAME | topics NAME",
      });
  });
}

async function add(
  config: Config,
  call: LocalCall,
  name: string,
  options: CommandLine["options"],
  output: Output,
): Promise<void> {
  const { items: sites } = await call<{ items: devices.Site[] }>("GET", "/api/v1/sites");
  const wanted = options.site;
  const site =
    wanted === undefined
      ? sites[0]
      : sites.find(
          (known) => known.id === wanted || known.name.toLowerCase() === String(wanted).toLowerCase(),
        );
  if (site === undefined)
    throw new AppError("site.not_found", { site: wanted, known: sites.map((known) => known.name) });
  const made = await call<{ device: devices.Device; key: devices.NewApiKey; claim: devices.ClaimCode }>(
    "POST",
    "/api/v1/devices",
    {
      name,
      typeId: options.type ?? "generic",
      siteId: site.id,
      ...(options.label === undefined ? {} : { label: options.label }),
      ...(typeof options.tag === "string" ? { tags: options.tag.split(",") } : {}),
    },
  );
  output.result(made, () =>
    [
      `${made.device.name} is added to ${site.name}.`,
      `  API key     ${made.key.apiKey}   (shown once)`,
      `  Claim code  ${made.claim.code}   (works once, until ${new Date(made.claim.expiresMs).toISOString()})`,
      `  Try it      mosquitto_pub -h ${config.mqtt.host} -p ${config.mqtt.port} -q 1 -u ${name} -P '${made.key.apiKey}' -t gh/${name}/up/telemetry -m '{"temperature": 21.4}'`,
    ].join("\n"),
  );
}

async function list(call: LocalCall, options: CommandLine["options"], output: Output): Promise<void> {
  const search = typeof options.search === "string" ? `&q=${encodeURIComponent(options.search)}` : "";
  const items: devices.Device[] = [];
  for (let total = 1; items.length < total; ) {
    const page = await call<{ items: devices.Device[]; total: number }>(
      "GET",
      `/api/v1/devices?limit=200&sort=name&offset=${items.length}${search}`,
    );
    if (page.items.length === 0) break;
    items.push(...page.items);
    total = page.total;
  }
  output.result(items, () => {
    if (items.length === 0) return "No device. Add one: gatehouse device add NAME --type thermometer";
    const rows = items.map((device) => [
      device.name,
      device.typeId,
      device.siteName,
      device.status,
      device.lastSeenMs === undefined ? "" : new Date(device.lastSeenMs).toISOString(),
    ]);
    return table([["NAME", "TYPE", "SITE", "STATUS", "LAST SEEN"], ...rows]);
  });
}

async function revoke(call: LocalCall, name: string, output: Output): Promise<void> {
  const { id } = await findDevice(call, name);
  const revoked = await call<devices.Device>("POST", `/api/v1/devices/${id}/revoke`);
  output.result(
    revoked,
    () => `${revoked.name} is revoked: its credentials are refused and its connections dropped.`,
  );
}
