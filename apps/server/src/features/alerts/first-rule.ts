import type { Clock, Logger, Timer, Uuid } from "@gatehouse/base";
import { access, type alerts, type Bus, type Language } from "@gatehouse/contract";
import { unasked } from "../../platform/audit/index.ts";
import type { RuleService } from "./rule-service.ts";
import type { RuleStore } from "./rule-store.ts";

export interface FirstRuleDeps {
  readonly rules: RuleStore;
  readonly service: RuleService;
  /** Whether the camera looks for people. */
  readonly looks: (cameraId: Uuid) => boolean;
  /** Whether the organisation has a rule about events already. */
  readonly asksForEvents: (tenantId: Uuid) => boolean;
  readonly language: (tenantId: Uuid) => Language;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who adds a camera by a program adds its rules in the same breath. */
const SETTLE_MS = 2_500;

const NAMES: Record<Language, string> = { en: "Person seen", fr: "Personne vue" };

const firstRule = (language: Language): alerts.RuleBody => ({
  name: NAMES[language],
  enabled: true,
  severity: "warning",
  scope: {},
  condition: { kind: "event", events: ["person"] },
  holdMs: 0,
  channelIds: [],
  repeatMs: 0,
});

/**
 * When the first camera of an organisation looks for people and no rule asks what happens before cameras, one comes by itself, so that the
 * bell rings without another step. It is a rule like any other: who deletes it does not get it again.
 */
export function watchForFirst(deps: FirstRuleDeps): () => void {
  const { asksForEvents, bus, clock, language, log, looks, rules, service } = deps;
  const pending = new Map<Uuid, Timer>();

  const add = async (tenantId: Uuid): Promise<void> => {
    if (await rules.hadFirst(tenantId)) return;
    await service.create(access.wholeTenant(tenantId), firstRule(language(tenantId)));
    await rules.markFirst(tenantId, clock.nowMs());
  };

  const look = (tenantId: Uuid, cameraId: Uuid): void => {
    pending.delete(tenantId);
    if (!looks(cameraId) || asksForEvents(tenantId)) return;
    unasked(() => add(tenantId)).catch((error: unknown) =>
      log.warn({ err: error, tenantId }, "alerts.first_rule_failed"),
    );
  };

  const leave = bus.subscribe("camera.changed", ({ tenantId, cameraId }) => {
    if (pending.has(tenantId) || !looks(cameraId)) return;
    pending.set(
      tenantId,
      clock.after(SETTLE_MS, () => look(tenantId, cameraId)),
    );
  });
  return () => {
    leave();
    for (const timer of pending.values()) timer.cancel();
  };
}
