export { BoundedQueue } from "./bounded-queue.ts";
export { GrowingDelay } from "./growing-delay.ts";
export { networkOf } from "./network-of.ts";
export { RollingBudget } from "./rolling-budget.ts";
export { TokenBucket } from "./token-bucket.ts";
