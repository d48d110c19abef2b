import { type operations, upTopic } from "@gatehouse/contract";

export type Way = "mosquitto" | "python" | "arduino" | "node" | "curl";
export const WAYS: readonly Way[] = ["mosquitto", "python", "arduino", "node", "curl"];

export interface SnippetInput {
  readonly network: Pick<operations.NetworkInfo, "listeners" | "publicUrl" | "ca">;
  readonly deviceName: string;
  readonly typeId: string;
  readonly apiKey: string;
  /** The authority's certificate, for boards that keep it in their program. */
  readonly caPem?: string | undefined;
}

/** One way to send a first reading; undefined when the server has no listener for it. */
export function snippetOf(way: Way, input: SnippetInput): string | undefined {
  if (way === "curl") return curl(input);
  const broker = brokerOf(input.network);
  return broker === undefined ? undefined : WRITERS[way](input, broker);
}

/** A value that fits each type's schema. */
const EXAMPLES: Readonly<Record<string, Readonly<Record<string, number | boolean>>>> = {
  thermometer: { temperature: 21.4 },
  plug: { power: 42, on: true },
  led: { on: true, brightness: 80 },
  contact: { open: false },
  "linux-agent": { cpuTemperature: 48.3, load1: 0.12 },
  meter: { energy: 1204.6, power: 350 },
  "esp32-cam": { rssi: -61, freeHeap: 131_072 },
  camera: { uptime: 12.5 },
  "site-gateway": { devicesHeard: 12, linksOpen: 3 },
  generic: { temperature: 21.4, door_open: false },
};

export const exampleOf = (typeId: string) => EXAMPLES[typeId] ?? { temperature: 21.4 };

interface Broker {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Whether the certificate is of Gatehouse's own authority, so that ca.pem has to be named. */
  readonly ownCa: boolean;
}

const WILDCARDS: readonly string[] = ["0.0.0.0", "::", "[::]", ""];

/** The broker a device should use: encrypted where there is such a listener. */
export function brokerOf(network: SnippetInput["network"]): Broker | undefined {
  const find = (kind: string) => network.listeners.find((listener) => listener.kind === kind);
  const listener = find("mqtts") ?? find("mqtt");
  if (listener === undefined) return undefined;
  const host = WILDCARDS.includes(listener.host) ? new URL(network.publicUrl).hostname : listener.host;
  const tls = listener.kind === "mqtts";
  return { host, port: listener.port, tls, ownCa: tls && network.ca !== undefined };
}

/** One argument of a POSIX shell command, whatever it holds. */
export function shellQuote(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A string literal that is the same in JSON, Python, JavaScript and C. */
const literal = (text: string): string => JSON.stringify(text);

const lines = (...parts: readonly (string | false)[]): string =>
  parts.filter((part) => part !== false).join("\n");

function mosquitto(input: SnippetInput, { host, port, ownCa, tls }: Broker): string {
  const { deviceName, apiKey } = input;
  return lines(
    `mosquitto_pub -h ${shellQuote(host)} -p ${port} \\`,
    ownCa && "  --cafile ca.pem \\",
    tls && !ownCa && "  --tls-use-os-certs \\",
    `  -u ${shellQuote(deviceName)} -P ${shellQuote(apiKey)} -q 1 \\`,
    `  -t ${shellQuote(upTopic(deviceName, "telemetry"))} \\`,
    `  -m ${shellQuote(JSON.stringify(exampleOf(input.typeId)))}`,
  );
}

const pythonValue = (value: number | boolean): string => {
  if (typeof value === "number") return String(value);
  return value ? "True" : "False";
};

function python(input: SnippetInput, { host, port, tls, ownCa }: Broker): string {
  const { deviceName, apiKey } = input;
  const fields = Object.entries(exampleOf(input.typeId));
  const reading = fields.map(([key, value]) => `${literal(key)}: ${pythonValue(value)}`).join(", ");
  return lines(
    "import json, time",
    "import paho.mqtt.client as mqtt",
    "",
    "client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)",
    `client.username_pw_set(${literal(deviceName)}, ${literal(apiKey)})`,
    tls && (ownCa ? 'client.tls_set(ca_certs="ca.pem")' : "client.tls_set()"),
    `client.connect(${literal(host)}, ${port})`,
    "client.loop_start()",
    "while True:",
    `    reading = {${reading}}`,
    `    client.publish(${literal(upTopic(deviceName, "telemetry"))}, json.dumps(reading), qos=1)`,
    "    time.sleep(10)",
  );
}

function arduino(input: SnippetInput, { host, port, tls, ownCa }: Broker): string {
  const { deviceName, apiKey, caPem } = input;
  const pinned = ownCa && caPem !== undefined;
  const client = tls ? "WiFiClientSecure" : "WiFiClient";
  const reading = literal(JSON.stringify(exampleOf(input.typeId)));
  return lines(
    "#include <WiFi.h>",
    tls && "#include <WiFiClientSecure.h>",
    "#include <PubSubClient.h>",
    "",
    'const char* WIFI_NAME = "";      // your network',
    'const char* WIFI_PASSWORD = "";',
    pinned && `const char* CA = R"(${caPem.trim()}\n)";`,
    "",
    `${client} net;`,
    "PubSubClient mqtt(net);",
    "",
    "void setup() {",
    "  WiFi.begin(WIFI_NAME, WIFI_PASSWORD);",
    "  while (WiFi.status() != WL_CONNECTED) delay(200);",
    tls && '  configTime(0, 0, "pool.ntp.org");  // TLS needs the date',
    tls && "  while (time(nullptr) < 1700000000) delay(200);",
    pinned && "  net.setCACert(CA);",
    `  mqtt.setServer(${literal(host)}, ${port});`,
    "}",
    "",
    "void loop() {",
    `  if (!mqtt.connected() && !mqtt.connect(${literal(deviceName)}, ${literal(deviceName)},`,
    `        ${literal(apiKey)})) { delay(2000); return; }`,
    `  mqtt.publish(${literal(upTopic(deviceName, "telemetry"))}, ${reading});`,
    "  for (int i = 0; i < 100; i++) { mqtt.loop(); delay(100); }",
    "}",
  );
}

function node(input: SnippetInput, { host, port, tls, ownCa }: Broker): string {
  const { deviceName, apiKey } = input;
  return lines(
    'import mqtt from "mqtt";',
    ownCa && 'import { readFileSync } from "node:fs";',
    "",
    `const client = mqtt.connect(${literal(`${tls ? "mqtts" : "mqtt"}://${host}:${port}`)}, {`,
    `  username: ${literal(deviceName)},`,
    `  password: ${literal(apiKey)},`,
    ownCa && '  ca: readFileSync("ca.pem"),',
    "});",
    "setInterval(() => {",
    `  const reading = ${JSON.stringify(exampleOf(input.typeId))};`,
    `  client.publish(${literal(upTopic(deviceName, "telemetry"))}, JSON.stringify(reading), { qos: 1 });`,
    "}, 10_000);",
  );
}

const WRITERS = { mosquitto, python, arduino, node } as const;

function curl(input: SnippetInput): string {
  const { network, apiKey } = input;
  const ownCa = network.ca !== undefined && network.publicUrl.startsWith("https:");
  const url = new URL("/api/v1/ingest", network.publicUrl).href;
  return lines(
    `curl ${shellQuote(url)} \\`,
    ownCa && "  --cacert ca.pem \\",
    `  -H ${shellQuote(`Authorization: Bearer ${apiKey}`)} \\`,
    "  -H 'Content-Type: application/json' \\",
    `  -d ${shellQuote(JSON.stringify({ values: exampleOf(input.typeId) }))}`,
  );
}
