import type { Uuid } from "@gatehouse/base";
import { type createSettings, DEFAULT_SETTINGS } from "../features/settings/index.ts";

type Choices = ReturnType<typeof createSettings>["settings"];
type TenantSettings = ReturnType<Choices["get"]>;

/** Readings of all tenants lie in one table: it keeps what the tenant who wants them longest wants. */
export function longestRetention(choices: Choices): { rawDays: number; rollupDays: number } {
  const all = choices.tenants().map((tenantId) => choices.get(tenantId));
  const longest = (days: (one: TenantSettings) => number): number =>
    Math.max(...(all.length === 0 ? [DEFAULT_SETTINGS] : all).map(days));
  return {
    rawDays: longest((one) => one.retentionRawDays),
    rollupDays: longest((one) => one.retentionRollupDays),
  };
}

/** One broker for the installation: the first tenant that switched the bridge on. */
export function bridgeSettings(
  choices: Choices,
): (TenantSettings["homeAssistant"] & { tenantId: Uuid; password: string | undefined }) | undefined {
  const tenantId = choices.tenants().find((id) => choices.get(id).homeAssistant.enabled);
  if (tenantId === undefined) return undefined;
  return {
    ...choices.get(tenantId).homeAssistant,
    tenantId,
    password: choices.homeAssistantPassword(tenantId),
  };
}
