export { AppError, isAppError } from "./app-error.ts";
export { type Clock, type MonotonicMs, systemClock, type Timer, type UnixMs } from "./clock.ts";
export { ERRORS, type ErrorCode, type ErrorRow, type Fault } from "./errors.ts";
export { canonicalCode, isUuid, newUuid, randomBase62, randomCode, type Uuid } from "./ids.ts";
export { type Logger, silentLogger } from "./logger.ts";
export { type Random, seededRandom, systemRandom } from "./random.ts";
export { RecentlyUsed } from "./recently-used.ts";
export { Secret } from "./secret.ts";
export { isWithinSpan, type LocalMinute, localMinute, type WeekSpan } from "./wall-clock.ts";
