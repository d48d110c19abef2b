export { createRecovery, type RecoveryFeature } from "./service.ts";
