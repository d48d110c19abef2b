import type { alerts, telemetry } from "@gatehouse/contract";
import type { FurnitureWords } from "./furniture-words.ts";
import type { DemoDevice } from "./ports.ts";

const byName = (devices: readonly DemoDevice[], name: string): DemoDevice[] =>
  devices.filter((device) => device.name === name);

/** Those that look for people. */
const CAMERAS = ["front-gate-cam", "loading-bay-cam"] as const;

/** Rules that a caretaker would have written for these places. */
export function demoRules(devices: readonly DemoDevice[], words: FurnitureWords): alerts.RuleBody[] {
  const common = { enabled: true, channelIds: [], repeatMs: 0 };
  const scope = (name: string) => ({ deviceIds: byName(devices, name).map((device) => device.id) });
  return [
    {
      ...common,
      name: words.rules.coldStore,
      severity: "critical",
      scope: scope("cold-store"),
      condition: { kind: "threshold", metric: "temperature", op: "above", limit: 26, hysteresis: 1 },
      holdMs: 10_000,
    },
    {
      ...common,
      name: words.rules.greenhouse,
      severity: "warning",
      scope: scope("greenhouse"),
      condition: { kind: "rate", metric: "temperature", op: "rises", perMinute: 4, windowMs: 60_000 },
      holdMs: 0,
    },
    {
      ...common,
      name: words.rules.plug,
      severity: "warning",
      scope: { typeId: "plug" },
      condition: { kind: "silence", forMs: 120_000 },
      holdMs: 0,
    },
    {
      ...common,
      name: words.rules.loadingBay,
      severity: "warning",
      scope: { tag: "door" },
      condition: { kind: "state", metric: "open", equals: true },
      holdMs: 60_000,
      schedule: { days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 22 * 60, toMinute: 6 * 60 },
    },
    {
      ...common,
      name: words.rules.person,
      severity: "warning",
      scope: { deviceIds: CAMERAS.flatMap((name) => scope(name).deviceIds) },
      condition: { kind: "event", events: ["person"] },
      holdMs: 0,
    },
  ];
}

/** One board: the four places that report each second, and the machines. */
export function demoBoard(
  devices: readonly DemoDevice[],
  words: FurnitureWords,
): Pick<telemetry.Board, "name" | "charts" | "rangeMs"> {
  const chart = (title: string, metric: string, names: readonly string[]) => ({
    title,
    series: names.flatMap((name) => byName(devices, name).map((device) => `${device.id}:${metric}`)),
  });
  return {
    name: words.board,
    rangeMs: 900_000,
    charts: [
      chart(words.charts.boiler, "temperature", ["boiler-02"]),
      chart(words.charts.coldStore, "temperature", ["cold-store"]),
      chart(words.charts.meterRoom, "temperature", ["meter-room"]),
      chart(words.charts.greenhouse, "temperature", ["greenhouse"]),
      chart(words.charts.compressors, "power", ["quai-plug-01", "quai-plug-02", "quai-plug-03"]),
      chart(words.charts.laundry, "power", [
        "tilleuls-plug-01",
        "tilleuls-plug-02",
        "tilleuls-plug-03",
        "tilleuls-plug-04",
      ]),
    ],
  };
}
