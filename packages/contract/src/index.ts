export * as access from "./access/index.ts";
export * as accounts from "./accounts/index.ts";
export * as alerts from "./alerts/index.ts";
export type * from "./bus.ts";
export * as cameras from "./cameras/index.ts";
export * as cases from "./cases/index.ts";
export * as channel from "./channel/index.ts";
export * as devices from "./devices/index.ts";
export {
  type AnyEndpoint,
  type Audience,
  type BodyOf,
  type Endpoint,
  endpoint,
  FOUR_EYES_ACTS,
  type FourEyesAct,
  type Method,
  type ParamsOf,
  type QueryOf,
  RESOURCE_KINDS,
  type ReplyOf,
  type ResourceKind,
} from "./endpoint.ts";
export * as gateways from "./gateways.ts";
export * as lab from "./lab.ts";
export * as ledger from "./ledger/index.ts";
export { LIVE_FLUSH_MS, LIVE_PATH, LiveFrame, LiveRequest } from "./live.ts";
export * as operations from "./operations.ts";
export {
  HOST_PERMISSIONS,
  holdsEverywhere,
  PERMISSIONS,
  PERSON_ONLY_PERMISSIONS,
  type Permission,
  ROLE_NAMES,
  ROLES,
  type Role,
  roleGrants,
} from "./permissions.ts";
export * as recovery from "./recovery.ts";
export * as remoteSettings from "./remote-settings.ts";
export { Language, Problem } from "./schemas.ts";
export * as telemetry from "./telemetry.ts";
export {
  type FilterProblem,
  findFilterProblem,
  findGrantProblem,
  findTopicProblem,
  type GrantProblem,
} from "./topic-filter.ts";
export {
  ackTopic,
  DOWN_KINDS,
  downTopic,
  LIMITS,
  RESERVED_TOPIC_ROOTS,
  TOPIC_ROOT,
  UP_KINDS,
  type UpKind,
  upTopic,
} from "./topics.ts";
export * as trust from "./trust.ts";
