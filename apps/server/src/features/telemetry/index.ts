import type { FeatureMigrations } from "../../platform/database/index.ts";
import { createTelemetryTables } from "./migrations/001-telemetry.ts";

export { Boards } from "./boards/boards.ts";
export type { LastValue } from "./catalogue.ts";
export type {
  DeviceDirectory,
  HeldReading,
  KnownDevice,
  KnownMetric,
  ReadingScreen,
  TelemetrySettings,
} from "./ports.ts";
export type { TelemetryTables } from "./tables.ts";
export {
  createTelemetry,
  type TelemetryDeps,
  type TelemetryFeature,
  type TelemetryStats,
} from "./telemetry.ts";

export const telemetryMigrations: FeatureMigrations = {
  feature: "telemetry",
  migrations: [createTelemetryTables],
};
