import type { UnixMs } from "@gatehouse/base";
import { isSuiteAccepted, type SuiteId } from "@gatehouse/secure-channel";

/** What a tenant asks of its devices. */
export interface TenantPolicy {
  readonly suites: readonly SuiteId[];
  /** Device types that must use the secure channel. */
  readonly requiredTypes: readonly string[];
}

export interface DeviceStanding {
  readonly typeId: string;
  /** The highest suite the device ever used. */
  readonly pinned: SuiteId | undefined;
  /** Until when it may go on without the channel. */
  readonly exemptUntilMs: UnixMs | undefined;
}

/** How a message came: without the secure channel, or under a suite of it. */
export type Carriage = "plain" | SuiteId;

export type PolicyRefusal = "channel.required" | "channel.suite_refused";

/** Undefined: it may pass. */
export function decide(
  policy: TenantPolicy,
  device: DeviceStanding,
  carriage: Carriage,
  nowMs: UnixMs,
): PolicyRefusal | undefined {
  if (carriage === "plain") return mustEncrypt(policy, device, nowMs) ? "channel.required" : undefined;
  const accepted = isSuiteAccepted(carriage, { allowed: policy.suites, pinned: device.pinned });
  return accepted ? undefined : "channel.suite_refused";
}

function mustEncrypt(policy: TenantPolicy, device: DeviceStanding, nowMs: UnixMs): boolean {
  const isExempt = device.exemptUntilMs !== undefined && nowMs < device.exemptUntilMs;
  return policy.requiredTypes.includes(device.typeId) && !isExempt;
}
