export { getCommand } from "./command.ts";
export type {
  CommandSpec,
  DeviceType,
  FaultRatios,
  HomeAssistantEntity,
  Label,
  MetricSpec,
  MetricValue,
  Simulator,
  TypicalBehaviour,
} from "./device-type.ts";
export {
  type AcceptedReading,
  isMetricKey,
  MAX_METRICS_PER_READING,
  MAX_STRING_LENGTH,
  type ReadingRefusalCode,
  type RefusedReading,
  validateReading,
} from "./reading.ts";
export { DEVICE_TYPES, findDeviceType, isCameraType } from "./registry.ts";
export { findSettingsProblems, type SettingsProblem } from "./settings.ts";
export { OCCASIONAL_FAULTS } from "./simulation.ts";
