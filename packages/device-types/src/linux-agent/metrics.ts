import type { Label, MetricSpec } from "../device-type.ts";

const number = (
  key: string,
  unit: string,
  [min, max]: readonly [number, number],
  decimals: number,
  en: string,
  fr: string,
): MetricSpec & { readonly min: number; readonly max: number } => ({
  key,
  kind: "number",
  unit,
  min,
  max,
  decimals,
  label: { en, fr } satisfies Label,
});

const PERCENT = [0, 100] as const;
/** Counters of a 64-bit kernel stay exact in a double up to here. */
const COUNTER = [0, Number.MAX_SAFE_INTEGER] as const;

/** The hottest thermal zone. Silicon switches itself off long before 150 °C. */
export const CPU_TEMPERATURE = number(
  "cpuTemperature",
  "°C",
  [-60, 150],
  1,
  "CPU temperature",
  "Température du processeur",
);
export const LOAD_1 = number("load1", "", [0, 100_000], 2, "Load, 1 minute", "Charge, 1 minute");
export const LOAD_5 = number("load5", "", [0, 100_000], 2, "Load, 5 minutes", "Charge, 5 minutes");
export const LOAD_15 = number("load15", "", [0, 100_000], 2, "Load, 15 minutes", "Charge, 15 minutes");
export const MEMORY_USED = number("memoryUsed", "%", PERCENT, 1, "Memory used", "Mémoire utilisée");
export const SWAP_USED = number("swapUsed", "%", PERCENT, 1, "Swap used", "Fichier d’échange utilisé");
export const DISK_USED = number("diskUsed", "%", PERCENT, 1, "Disk used", "Disque utilisé");
export const DISK_FREE = number("diskFree", "GB", [0, 1e9], 2, "Disk free", "Disque libre");
/** A century without a restart. */
export const UPTIME = number("uptime", "h", [0, 876_600], 2, "Running since start", "En marche depuis");
/** All interfaces but loopback; 1 Tbit/s is 1.25e11. */
export const NETWORK_IN = number("networkIn", "B/s", [0, 1.25e11], 0, "Network in", "Réseau entrant");
export const NETWORK_OUT = number("networkOut", "B/s", [0, 1.25e11], 0, "Network out", "Réseau sortant");
/** Records in the agent's store that are not acknowledged yet. */
export const QUEUE_DEPTH = number("queueDepth", "", COUNTER, 0, "Waiting to be sent", "En attente d’envoi");
export const QUEUE_BYTES = number("queueBytes", "B", COUNTER, 0, "Size of the store", "Taille de la réserve");
/** Records the agent gave up because its store was full, since it was enrolled. */
export const QUEUE_DROPPED = number(
  "queueDropped",
  "",
  COUNTER,
  0,
  "Given up unsent",
  "Abandonnés sans envoi",
);
export const RECONNECTS = number("reconnects", "", COUNTER, 0, "Reconnections", "Reconnexions");
export const AGENT_MEMORY = number("agentMemory", "MB", [0, 1e6], 1, "Agent’s memory", "Mémoire de l’agent");
/** Own clock less the server's. A clock that was never set is decades behind. */
export const CLOCK_OFFSET = number("clockOffset", "s", [-1e10, 1e10], 1, "Clock offset", "Écart d’horloge");
export const CONFIG_VERSION = number(
  "configVersion",
  "",
  COUNTER,
  0,
  "Version of the remote settings",
  "Version des réglages distants",
);
/** Whether the clock agrees with the server's within five minutes. */
export const CLOCK_SET: MetricSpec = {
  key: "clockSet",
  kind: "boolean",
  unit: "",
  label: { en: "Clock is right", fr: "Horloge à l’heure" },
};

/** What says most of a machine comes first: the first that one sends stands for it in lists. */
export const METRICS: readonly MetricSpec[] = [
  CPU_TEMPERATURE,
  LOAD_1,
  LOAD_5,
  LOAD_15,
  MEMORY_USED,
  SWAP_USED,
  DISK_USED,
  DISK_FREE,
  UPTIME,
  NETWORK_IN,
  NETWORK_OUT,
  QUEUE_DEPTH,
  QUEUE_BYTES,
  QUEUE_DROPPED,
  RECONNECTS,
  AGENT_MEMORY,
  CLOCK_OFFSET,
  CONFIG_VERSION,
  CLOCK_SET,
];
