import type { SceneName } from "@gatehouse/scenes";

/** How a simulated device talks to the server. */
export type Transport = "mqtt" | "mqtts" | "ws" | "http";

export interface PlannedDevice {
  readonly name: string;
  readonly label: string;
  readonly typeId: string;
  readonly tags: readonly string[];
  readonly intervalMs: number;
  readonly transport: Transport;
  /** What a camera looks at. */
  readonly scene?: SceneName;
  /** Whether people are looked for in its pictures. */
  readonly looksForPeople?: boolean;
}

export interface PlannedSite {
  readonly name: string;
  readonly timeZone: string;
  readonly devices: readonly PlannedDevice[];
}

const device = (
  name: string,
  label: string,
  typeId: string,
  tags: readonly string[],
  intervalMs: number,
  transport: Transport = "mqtt",
): PlannedDevice => ({ name, label, typeId, tags, intervalMs, transport });

/** Sends pictures over a socket and, now and then, what it measures over HTTP. */
const camera = (
  name: string,
  label: string,
  typeId: "camera" | "esp32-cam",
  scene: SceneName,
): PlannedDevice => ({
  ...device(name, label, typeId, ["camera"], 30_000, "http"),
  scene,
});

const numbered = (count: number, make: (n: number) => PlannedDevice): PlannedDevice[] =>
  Array.from({ length: count }, (_, i) => make(i + 1));

const two = (n: number): string => String(n).padStart(2, "0");

/**
 * Four places of one small organisation, 54 devices: thermometers each second to each ten, the rest slower, six cameras.
 */
export const DEMO_SITES: readonly PlannedSite[] = [
  {
    name: "Résidence Les Tilleuls",
    timeZone: "America/Toronto",
    devices: [
      device("boiler-02", "Boiler room", "thermometer", ["heating"], 1_000),
      device("boiler-led", "Boiler status lamp", "led", ["heating"], 5_000),
      ...numbered(8, (n) => device(`tilleuls-flat-${two(n)}`, `Flat ${n}`, "thermometer", ["flat"], 10_000)),
      ...numbered(4, (n) =>
        device(
          `tilleuls-door-${two(n)}`,
          `Entrance ${n}`,
          "contact",
          ["door"],
          30_000,
          n > 2 ? "http" : "mqtt",
        ),
      ),
      ...numbered(4, (n) =>
        device(`tilleuls-plug-${two(n)}`, `Laundry machine ${n}`, "plug", ["laundry"], 5_000),
      ),
      { ...camera("front-gate-cam", "Front gate", "camera", "front-gate"), looksForPeople: true },
      camera("corridor-3-cam", "Corridor, floor 3", "esp32-cam", "corridor"),
      camera("boiler-room-cam", "Boiler room", "esp32-cam", "boiler-room"),
    ],
  },
  {
    name: "1420 Maisonneuve",
    timeZone: "America/Toronto",
    devices: [
      device("meter-room", "Meter room", "thermometer", ["metering"], 1_000, "mqtts"),
      ...numbered(6, (n) =>
        device(`maisonneuve-flat-${two(n)}`, `Apartment ${100 + n}`, "thermometer", ["flat"], 10_000),
      ),
      ...numbered(3, (n) =>
        device(`maisonneuve-plug-${two(n)}`, `Ventilation ${n}`, "plug", ["ventilation"], 5_000),
      ),
      ...numbered(2, (n) =>
        device(`maisonneuve-lamp-${two(n)}`, `Corridor lamp ${n}`, "led", ["light"], 10_000),
      ),
      camera("meter-room-cam", "Meter room", "esp32-cam", "meter-room"),
      camera("parking-1-cam", "Parking, level 1", "camera", "parking-level"),
    ],
  },
  {
    name: "Quai 12 warehouse",
    timeZone: "America/Toronto",
    devices: [
      device("cold-store", "Cold store", "thermometer", ["cold chain"], 1_000),
      ...numbered(3, (n) => device(`quai-door-${two(n)}`, `Loading bay ${n}`, "contact", ["door"], 15_000)),
      ...numbered(3, (n) => device(`quai-plug-${two(n)}`, `Compressor ${n}`, "plug", ["cold chain"], 5_000)),
      device("quai-lamp", "Bay signal lamp", "led", ["light"], 10_000),
      device("quai-weather", "Weather mast", "generic", ["outside"], 10_000, "ws"),
      { ...camera("loading-bay-cam", "Loading bay", "camera", "loading-bay"), looksForPeople: true },
    ],
  },
  {
    name: "Atelier Rosemont",
    timeZone: "America/Toronto",
    devices: [
      device("greenhouse", "Greenhouse", "thermometer", ["growing"], 1_000, "ws"),
      device("greenhouse-lamp", "Grow light", "led", ["growing", "light"], 5_000),
      ...numbered(4, (n) =>
        device(`rosemont-room-${two(n)}`, `Workshop ${n}`, "thermometer", ["workshop"], 10_000),
      ),
      ...numbered(2, (n) => device(`rosemont-plug-${two(n)}`, `Kiln ${n}`, "plug", ["workshop"], 5_000)),
      device("rosemont-door", "Front door", "contact", ["door"], 30_000, "http"),
    ],
  },
];

/** Plays the film of `demo.clip`, when there is one, at the first site. */
export const FILM_CAMERA: PlannedDevice = device("film-cam", "Film", "camera", ["camera"], 30_000, "http");
