import { AppError, type UnixMs, type Uuid } from "@gatehouse/base";
import type { channel } from "@gatehouse/contract";
import { findDeviceType } from "@gatehouse/device-types";
import { SUITE_IDS, type SuiteId, type SuitePolicy } from "@gatehouse/secure-channel";
import type { AuditEvent } from "../../../platform/audit/index.ts";
import type { BundleDirectory } from "../bundles/bundle-directory.ts";
import { type Actor, type ChannelContext, getDevice, recordOnDevice } from "../context.ts";
import type { Remark } from "../ports.ts";
import type { ChannelDatabase } from "../tables.ts";
import {
  type Carriage,
  type DeviceStanding,
  decide,
  type PolicyRefusal,
  type TenantPolicy,
} from "./decide.ts";
import { type DeviceFacts, listPolicies, putExemption, putPolicy, resetPin } from "./policy-store.ts";

/** Strongest first. */
const ALL_SUITES: readonly SuiteId[] = [SUITE_IDS.M1, SUITE_IDS.C1];
const DEFAULT_POLICY: TenantPolicy = { suites: ALL_SUITES, requiredTypes: [] };
const MAX_EXEMPTIONS = 1_000;
/** An exemption is for a move, not for ever. */
const LONGEST_EXEMPTION_MS = 366 * 86_400_000;

interface RecordedChange extends Pick<AuditEvent, "kind" | "data" | "personal"> {
  act(tx: ChannelDatabase): Promise<unknown>;
}

/** What each tenant asks of its devices, and what each device is held to; from memory. */
export class PolicyService {
  readonly #context: ChannelContext;
  readonly #directory: BundleDirectory;
  #policies = new Map<Uuid, TenantPolicy>();

  constructor(context: ChannelContext, directory: BundleDirectory) {
    this.#context = context;
    this.#directory = directory;
  }

  async load(): Promise<void> {
    this.#policies = await listPolicies(this.#context.db);
  }

  of(tenantId: Uuid): TenantPolicy {
    return this.#policies.get(tenantId) ?? DEFAULT_POLICY;
  }

  /** Taken by at least one tenant; strongest first. */
  suites(): SuiteId[] {
    if (this.#policies.size === 0) return [...ALL_SUITES];
    const policies = [...this.#policies.values()];
    return ALL_SUITES.filter((suite) => policies.some(({ suites }) => suites.includes(suite)));
  }

  standingOf(deviceId: Uuid): DeviceStanding {
    const facts = this.#directory.factsOf(deviceId);
    return {
      typeId: this.#context.devices.find(deviceId)?.typeId ?? "",
      pinned: this.#pinOf(facts),
      exemptUntilMs: facts?.exemption?.untilMs,
    };
  }

  suitesOf(tenantId: Uuid, deviceId: Uuid): SuitePolicy {
    return {
      allowed: this.of(tenantId).suites,
      pinned: this.#pinOf(this.#directory.factsOf(deviceId)),
    };
  }

  /** Whether a message may pass as it came; undefined: it may. From memory, for every message. */
  refusal(tenantId: Uuid, deviceId: Uuid, carriage: Carriage): PolicyRefusal | undefined {
    const policy = this.of(tenantId);
    if (carriage === "plain" && policy.requiredTypes.length === 0) return undefined;
    return decide(policy, this.standingOf(deviceId), carriage, this.#context.clock.nowMs());
  }

  async set({ tenantId }: Actor, policy: TenantPolicy): Promise<void> {
    for (const typeId of policy.requiredTypes)
      if (findDeviceType(typeId) === undefined) throw new AppError("device.type_unknown", { typeId });
    const suites = ALL_SUITES.filter((suite) => policy.suites.includes(suite));
    const sorted = { suites, requiredTypes: [...policy.requiredTypes].sort() };
    const data = { from: { ...this.of(tenantId) }, to: sorted };
    await this.#context.db.transaction().execute(async (tx) => {
      await putPolicy(tx, tenantId, sorted);
      await this.#context.audit.record(tx, { kind: "channel_policy.changed", tenantId, data });
    });
    this.#policies.set(tenantId, sorted);
    this.#context.log.info({ tenantId, ...sorted }, "channel.policy_changed");
  }

  /** Those that are not over, soonest first. */
  exceptions(tenantId: Uuid): channel.PolicyException[] {
    const nowMs = this.#context.clock.nowMs();
    return this.#directory
      .allFacts()
      .flatMap(({ tenantId: owner, deviceId, exemption }) => {
        const device = this.#context.devices.find(deviceId);
        if (owner !== tenantId || exemption === undefined || device === undefined) return [];
        if (exemption.untilMs <= nowMs) return [];
        return [{ deviceId, name: device.name, typeId: device.typeId, ...exemption }];
      })
      .sort((a, b) => a.untilMs - b.untilMs);
  }

  async exempt(
    { tenantId, name }: Actor,
    deviceId: Uuid,
    exemption: { readonly untilMs: UnixMs; readonly reason: string },
  ): Promise<void> {
    getDevice(this.#context, tenantId, deviceId);
    const nowMs = this.#context.clock.nowMs();
    if (exemption.untilMs <= nowMs || exemption.untilMs > nowMs + LONGEST_EXEMPTION_MS)
      throw new AppError("request.invalid", { field: "untilMs" });
    const others = this.exceptions(tenantId).filter((one) => one.deviceId !== deviceId);
    if (others.length >= MAX_EXEMPTIONS)
      throw new AppError("limit.reached", { limit: MAX_EXEMPTIONS, what: "exceptions" });
    await this.#change(tenantId, deviceId, {
      act: (tx) => putExemption(tx, tenantId, deviceId, exemption),
      kind: "channel_policy.changed",
      data: { exemptUntilMs: exemption.untilMs },
      personal: { reason: exemption.reason },
    });
    await this.#directory.reload(deviceId);
    this.#note(tenantId, deviceId, {
      code: "channel_exempted",
      message: "May go on without the secure channel for a time",
      data: { ...exemption, by: name },
    });
  }

  async endExemption({ tenantId, name }: Actor, deviceId: Uuid): Promise<void> {
    getDevice(this.#context, tenantId, deviceId);
    await this.#change(tenantId, deviceId, {
      act: (tx) => putExemption(tx, tenantId, deviceId, undefined),
      kind: "channel_policy.changed",
      data: { exemptUntilMs: null },
    });
    await this.#directory.reload(deviceId);
    this.#note(tenantId, deviceId, {
      code: "channel_exemption_ended",
      message: "Exception from the secure channel ended",
      data: { by: name },
    });
  }

  /** Lets the device enrol with a lower suite again; what it uses next is pinned. */
  async resetPin({ tenantId, name }: Actor, deviceId: Uuid, reason: string): Promise<void> {
    getDevice(this.#context, tenantId, deviceId);
    const was = this.#directory.factsOf(deviceId)?.pinned?.suite;
    await this.#change(tenantId, deviceId, {
      act: (tx) => resetPin(tx, deviceId),
      kind: "device.pin_reset",
      data: { was },
      personal: { reason },
    });
    await this.#directory.reload(deviceId);
    this.#note(tenantId, deviceId, {
      code: "pin_reset",
      message: "Suite pin reset",
      data: { was, reason, by: name },
    });
  }

  #change(tenantId: Uuid, deviceId: Uuid, { act, ...kept }: RecordedChange): Promise<void> {
    return this.#context.db.transaction().execute(async (tx) => {
      await act(tx);
      await recordOnDevice(this.#context, tx, { tenantId, deviceId }, kept);
    });
  }

  #pinOf(facts: DeviceFacts | undefined): SuiteId | undefined {
    return this.#context.controls.suitePin ? facts?.pinned?.suite : undefined;
  }

  #note(tenantId: Uuid, deviceId: Uuid, remark: Omit<Remark, "level">): void {
    this.#context.devices.note(tenantId, deviceId, { level: "warn", ...remark });
  }
}
