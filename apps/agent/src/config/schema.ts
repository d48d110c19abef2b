import { AgentSettings } from "@gatehouse/device-types/agent-settings";
import { type Static, type TProperties, Type } from "typebox";

const strict = <T extends TProperties>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

const flag = (value: boolean, description: string) => Type.Boolean({ default: value, description });

const integer = (minimum: number, maximum: number, value: number, description: string) =>
  Type.Integer({ minimum, maximum, default: value, description });

/** What is measured and how often: the part that the server may also set (`docs/agent.md`). */
export const RemoteSettings = AgentSettings;
export type RemoteSettings = AgentSettings;
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
  cameras: strict({
    keepMegabytes: integer(
      32,
      1_048_576,
      4_096,
      "What one camera may keep on this machine of its recordings; beyond it the oldest go, those that events need last",
    ),
    keepHours: integer(1, 87_600, 720, "Nothing that a camera recorded here is kept for longer"),
    uploadKilobytesPerSecond: integer(
      0,
      1_000_000,
      0,
      "How fast one camera brings its recordings to the server; 0: as fast as the line is",
    ),
  }),
  gateway: strict({
    enabled: flag(
      false,
      "Be the gateway of the devices at this site that the server assigns (docs/gateways.md)",
    ),
    host: Type.String({
      default: "127.0.0.1",
      maxLength: 64,
      description:
        "Address that devices at the site reach: of this machine, loopback or of a private network",
    }),
    port: integer(0, 65_535, 8790, "Envelopes over WebSocket and HTTP; 0 takes a free one"),
    mqttPort: integer(0, 65_535, 0, "MQTT for plain sensors, usually 1883; 0: not offered"),
    capMegabytes: integer(
      1,
      4_096,
      64,
      "What devices said and the server has not; beyond it they are told to wait",
    ),
  }),
  logLevel: Type.Union(
    [Type.Literal("debug"), Type.Literal("info"), Type.Literal("warn"), Type.Literal("error")],
    { default: "info", description: "Own log lines from this level go to standard output" },
  ),
});
export type AgentConfig = Static<typeof AgentConfig>;
