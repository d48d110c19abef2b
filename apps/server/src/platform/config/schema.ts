import { type Static, Type } from "typebox";

const object = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

/**
 * Every setting of the program: one schema gives the environment names (GATEHOUSE_HTTP_PORT for
 * `http.port`), the file (`gatehouse.json` in the data folder), the checks and docs/configuration.md.
 */
export const ConfigSchema = object({
  dataDir: Type.String({
    default: "data",
    minLength: 1,
    description: "Folder for the database, keys and certificates.",
  }),
  databaseUrl: Type.String({
    default: "",
    description: "PostgreSQL server to use instead of the embedded one; DATABASE_URL is read too. Secret.",
  }),
  publicUrl: Type.String({
    default: "",
    description:
      "Address people use to reach the console, when it differs from the listener (reverse proxy).",
  }),
  key: object({
    passphraseFile: Type.String({
      default: "",
      description:
        "File whose first line opens a sealed master key, also /dev/fd/N; by default the systemd credential gatehouse-passphrase, else the terminal is asked.",
    }),
  }),
  logLevel: Type.Union(
    [Type.Literal("debug"), Type.Literal("info"), Type.Literal("warn"), Type.Literal("error")],
    { default: "info", description: "Least important log line that is written." },
  ),
  trustedProxies: Type.Array(Type.String({ maxLength: 64 }), {
    default: [],
    maxItems: 32,
    description: "Addresses or CIDR ranges whose X-Forwarded-* headers are believed.",
  }),
  http: object({
    host: Type.String({
      default: "127.0.0.1",
      description: "Address of the console and API. On anything but loopback TLS is on.",
    }),
    port: Type.Integer({
      minimum: 0,
      maximum: 65535,
      default: 8080,
      description: "Port of the console and API.",
    }),
    maxConnections: Type.Integer({
      default: 2_000,
      minimum: 1,
      maximum: 100_000,
      description: "Open HTTP connections at once.",
    }),
    maxConnectionsPerAddress: Type.Integer({
      default: 500,
      minimum: 1,
      maximum: 100_000,
      description:
        "Of them from one address (IPv6: /64), not counting WebSockets, loopback and trusted proxies.",
    }),
    perMinute: Type.Integer({
      default: 1_200,
      minimum: 10,
      maximum: 1_000_000,
      description: "Requests a minute from one address (IPv6: /64).",
    }),
  }),
  messages: object({
    smsPerDay: Type.Integer({
      default: 1_000,
      minimum: 0,
      maximum: 1_000_000,
      description: "SMS with codes and notices to people a day, of all organisations together.",
    }),
    mailsPerDay: Type.Integer({
      default: 20_000,
      minimum: 0,
      maximum: 10_000_000,
      description: "Mails with codes, links and notices to people a day, of all organisations together.",
    }),
  }),
  tls: object({
    mode: Type.Union([Type.Literal("auto"), Type.Literal("on"), Type.Literal("off")], {
      default: "auto",
      description:
        "auto: HTTPS by our own CA except on loopback; on: always; off: never, allowed only on loopback or behind a trusted proxy.",
    }),
    hosts: Type.Array(Type.String({ maxLength: 253 }), {
      default: [],
      maxItems: 32,
      description: "Further names and addresses for the certificate.",
    }),
    certFile: Type.String({
      default: "",
      description: "Certificate chain (PEM) to use instead of our own CA's.",
    }),
    keyFile: Type.String({ default: "", description: "Its private key (PEM)." }),
  }),
  mqtt: object({
    host: Type.String({
      default: "127.0.0.1",
      description: "Address of plain MQTT. Only loopback is accepted: elsewhere use mqtts.",
    }),
    port: Type.Integer({
      minimum: 0,
      maximum: 65535,
      default: 1883,
      description: "Port of plain MQTT on loopback.",
    }),
    tlsHost: Type.String({
      default: "",
      description: "Address of MQTT over TLS; empty: the same as http.host.",
    }),
    tlsPort: Type.Integer({
      minimum: 0,
      maximum: 65535,
      default: 8883,
      description: "Port of MQTT over TLS.",
    }),
    maxConnections: Type.Integer({
      default: 20_000,
      minimum: 1,
      maximum: 1_000_000,
      description: "Device connections at once.",
    }),
    maxConnectionsPerAddress: Type.Integer({
      default: 5_000,
      minimum: 1,
      maximum: 1_000_000,
      description: "Device connections from one address.",
    }),
    maxMessagesPerSecond: Type.Integer({
      default: 1_000,
      minimum: 1,
      maximum: 1_000_000,
      description: "Messages a second from one device; the burst is five times as many.",
    }),
  }),
  cameras: object({
    grpcPort: Type.Integer({
      minimum: 0,
      maximum: 65535,
      default: 0,
      description: "Port of gRPC for pictures, on http.host and with its certificate; 0: none is opened.",
    }),
    maxViewers: Type.Integer({
      default: 1_000,
      minimum: 1,
      maximum: 100_000,
      description: "Open live connections to cameras at once; as many multipart streams.",
    }),
    maxViewersPerPerson: Type.Integer({
      default: 50,
      minimum: 1,
      maximum: 100_000,
      description: "Of them of one person, with their programs.",
    }),
    maxSources: Type.Integer({
      default: 32,
      minimum: 0,
      maximum: 1_000,
      description: "Cameras from which the server fetches pictures itself, at once; 0: from none.",
    }),
  }),
  exports: object({
    atOnce: Type.Integer({
      default: 1,
      minimum: 1,
      maximum: 8,
      description: "Films and archives made of recordings at the same time; each film takes one processor.",
    }),
    keepHours: Type.Integer({
      default: 24,
      minimum: 1,
      maximum: 8_760,
      description: "How long what was taken out of recordings can be fetched.",
    }),
    maxPerOrganisation: Type.Integer({
      default: 50,
      minimum: 1,
      maximum: 10_000,
      description: "Exports of recordings of one organisation, waiting and kept.",
    }),
    maxBytesPerOrganisation: Type.Integer({
      default: 20_000_000_000,
      minimum: 10_000_000,
      maximum: Number.MAX_SAFE_INTEGER,
      description: "What these exports, with the films of links, may take on the disk.",
    }),
  }),
  demo: object({
    clip: Type.String({
      default: "",
      description: "Film that one more camera of a new demo site plays again and again; needs ffmpeg.",
    }),
  }),
  metrics: object({
    loopback: Type.Boolean({ default: true, description: "Answer /metrics to loopback without a session." }),
  }),
});

export type Config = Static<typeof ConfigSchema>;
