import { type Static, type TProperties, Type } from "typebox";

const strict = <T extends TProperties>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

const flag = (value: boolean, description: string) => Type.Boolean({ default: value, description });

/** Neither control characters nor half a surrogate pair: such text can be stored and shown nowhere. */
const PATH = "^/(?:[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]|[\\ud800-\\udbff][\\udc00-\\udfff])*$";

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

/** What `gatehouse-agent` measures and how often: the part of its settings that the server may set too (docs/agent.md). */
export const AgentSettings = strict({
  intervalSeconds: Type.Integer({
    minimum: 1,
    maximum: 86_400,
    default: 30,
    description: "Seconds between two measurements",
  }),
  sensors: strict({
    enabled: Enabled,
    diskPath: Type.String({
      default: "/",
      pattern: PATH,
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
  witness: flag(
    true,
    "Cosign the server's audit log: refuse one that was cut off or rewritten (docs/witnesses.md)",
  ),
});
export type AgentSettings = Static<typeof AgentSettings>;
