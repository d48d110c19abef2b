export type { Device, JudgedDevice, SavedDevice } from "./device.ts";
export { DEFAULT_TUNING, SLOT_MS, type Tuning } from "./tuning.ts";
export { type Finding, type FindingCode, OK, type Trust, type Verdict, type VerdictKind } from "./verdict.ts";
export { PlausibilityWatch } from "./watch.ts";
