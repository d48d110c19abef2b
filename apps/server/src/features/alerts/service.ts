import { AppError, type Clock, isUuid, type UnixMs, type Uuid } from "@gatehouse/base";
import type { access, alerts, QueryOf, ReplyOf } from "@gatehouse/contract";
import type { AlertQueryStore } from "./alert-query-store.ts";
import { viewEscalation } from "./escalation.ts";
import type { EscalationStore } from "./escalation-store.ts";
import type { Notifier } from "./ports.ts";

export interface AlertService {
  list(
    scope: access.Scope,
    query: QueryOf<typeof alerts.listAlerts>,
  ): Promise<ReplyOf<typeof alerts.listAlerts>>;
  get(scope: access.Scope, alertId: Uuid): Promise<ReplyOf<typeof alerts.getAlert>>;
  notices(scope: access.Scope, personId: Uuid): Promise<ReplyOf<typeof alerts.listNotices>>;
  markNoticesSeen(scope: access.Scope, personId: Uuid): Promise<void>;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const NOTICES = 20;

/** What people read of alerts. */
export function createAlertService({
  queries,
  escalations,
  notifier,
  clock,
}: {
  readonly queries: (scope: access.Scope) => AlertQueryStore;
  readonly escalations: Pick<EscalationStore, "find">;
  readonly notifier: Pick<Notifier, "channelNames">;
  readonly clock: Clock;
}): AlertService {
  return {
    async list(scope, { state, device, severity, q, before, limit: asked }) {
      const limit = Math.min(Math.max(Number(asked ?? DEFAULT_LIMIT), 1), MAX_LIMIT);
      const store = queries(scope);
      const items = await store.list({
        limit: limit + 1,
        ...(state === undefined ? {} : { state }),
        ...(device === undefined ? {} : { deviceId: device }),
        ...(severity === undefined ? {} : { severity }),
        ...(q === undefined ? {} : { q }),
        ...(before === undefined ? {} : { before: parseCursor(before) }),
      });
      const { open } = await store.openCounts();
      const last = items[limit - 1];
      if (items.length <= limit || last === undefined) return { items: [...items], open };
      return { items: items.slice(0, limit), open, next: encodeCursor(last) };
    },
    async get(scope, alertId) {
      const found = await queries(scope).get(alertId);
      if (found === undefined) throw new AppError("alert.not_found");
      const escalation = await escalations.find(alertId);
      if (escalation === undefined) return found;
      const names = await notifier.channelNames(scope.tenantId);
      return { ...found, escalation: viewEscalation(escalation, names) };
    },
    async notices(scope, personId) {
      const store = queries(scope);
      const [items, unseen] = await Promise.all([store.list({ limit: NOTICES }), store.unseen(personId)]);
      return { items: [...items], unseen };
    },
    markNoticesSeen: (scope, personId) => queries(scope).markSeen(personId, clock.nowMs()),
  };
}

/** Place in a newest-first list: `<raisedMs>_<id>`. */
const encodeCursor = ({ raisedMs, id }: alerts.Alert): string => `${raisedMs}_${id}`;

function parseCursor(text: string): { readonly raisedMs: UnixMs; readonly id: Uuid } {
  const [ms = "", id = ""] = text.split("_");
  if (!/^[0-9]{1,13}$/.test(ms) || !isUuid(id)) throw new AppError("request.invalid", { field: "before" });
  return { raisedMs: Number(ms), id };
}
