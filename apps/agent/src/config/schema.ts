import { type Static, type TProperties, Type } from "typebox";

const strict = <T extends TProperties>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

const flag = (value: boolean, description: string) => Type.Boolean({ default: value, description });

const integer = (minimum: number, maximum: number, value: number, description: string) =>
  Type.Integer({ minimum, maximum, default: value, description });

const Enabled = strict({
  cpuTemperature: flag(true, "Hottest thermal zone of the processor"),
  load: flag(true, "Load over 1, 5 and 15 minutes"),
  memory: flag(true, "Memory and swap used"),
  disk: flag(true, "Disk used and free, of `diskPath`"),
  uptime: flag(true, "Hours since the start of the machine"),
  network: flag(true, "Bytes a second in and out, without loopback"),
  oneWire: flag(true, "1-wire thermometers"),
  iio: flag(true, "Industrial I/O sensors: temperature, humidity, pressure, light, voltage, current"),
  leds: flag(true, "Whether the kernel's LEDs are lit"),
});

/** What is measured and how often: the part that the server may also set (`docs/agent.md`). */
export const RemoteSettings = strict({
  intervalSeconds: integer(1, 86_400, 30, "Seconds between two measurements"),
  sensors: strict({
    enabled: Enabled,
    diskPath: Type.String({
      default: "/",
      pattern: "^/",
      maxLength: 256,
      description: "The disk that holds this path",
    }),
  }),
  log: strict({
    sendLevel: Type.Union(
      [
        Type.Literal("debug"),
        Type.Literal("info"),
        Type.Literal("warn"),
        Type.Literal("error"),
        Type.Literal("none"),
      ],
      { default: "warn", description: "Own log lines from this level go to the server's log of the device" },
    ),
  }),
});
export type RemoteSettings = Static<typeof RemoteSettings>;
export type SensorSettings = RemoteSettings["sensors"];

const NAME = "^[A-Za-z0-9][A-Za-z0-9_:.-]{0,63}$";

export const AllowedCommand = strict({
  argv: Type.Array(Type.String({ maxLength: 1024 }), {
    minItems: 1,
    maxItems: 32,
    description: "Absolute path of a program and its arguments, exactly as they are run; no shell",
  }),
  timeoutSeconds: integer(1, 600, 10, "Ended after this long"),
  maxOutputBytes: integer(0, 4_096, 1_024, "So much of its output goes to the server's log of the device"),
});
export type AllowedCommand = Static<typeof AllowedCommand>;

/** The machine's own file, `agent.json`. What it may do for others (commands, LEDs, transport) is set only here. */
export const AgentConfig = strict({
  transport: Type.Union([Type.Literal("websocket"), Type.Literal("mqtt"), Type.Literal("http")], {
    default: "websocket",
    description: "How the server is reached; over http nothing comes down",
  }),
  ...RemoteSettings.properties,
  store: strict({
    capMegabytes: integer(1, 4_096, 64, "Size of the store on disk; beyond it the oldest records go"),
    flushSeconds: integer(0, 3_600, 0, "0: each record is flushed to the disk; else at most this much later"),
  }),
  remoteSettings: flag(true, "Take signed settings from the server"),
  ledControl: Type.Array(Type.String({ pattern: NAME }), {
    default: [],
    maxItems: 32,
    description: "LEDs that a command may switch",
  }),
  commands: Type.Record(Type.String({ pattern: NAME }), AllowedCommand, {
    default: {},
    maxProperties: 64,
    description: "Programs that a command may run, by name",
  }),
  logLevel: Type.Union(
    [Type.Literal("debug"), Type.Literal("info"), Type.Literal("warn"), Type.Literal("error")],
    { default: "info", description: "Own log lines from this level go to standard output" },
  ),
});
export type AgentConfig = Static<typeof AgentConfig>;
