import { AppError, type Clock, isUuid, type UnixMs, type Uuid } from "@gatehouse/base";
import type { alerts, QueryOf, ReplyOf } from "@gatehouse/contract";
import type { AlertQueryStore } from "./alert-query-store.ts";

export interface AlertService {
  list(tenantId: Uuid, query: QueryOf<typeof alerts.listAlerts>): Promise<ReplyOf<typeof alerts.listAlerts>>;
  get(tenantId: Uuid, alertId: Uuid): Promise<ReplyOf<typeof alerts.getAlert>>;
  notices(tenantId: Uuid, personId: Uuid): Promise<ReplyOf<typeof alerts.listNotices>>;
  markNoticesSeen(tenantId: Uuid, personId: Uuid): Promise<void>;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const NOTICES = 20;

/** What people read of alerts. */
export function createAlertService(queries: (tenantId: Uuid) => AlertQueryStore, clock: Clock): AlertService {
  return {
    async list(tenantId, { state, device, severity, q, before, limit: asked }) {
      const limit = Math.min(Math.max(Number(asked ?? DEFAULT_LIMIT), 1), MAX_LIMIT);
      const store = queries(tenantId);
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
    async get(tenantId, alertId) {
      const found = await queries(tenantId).get(alertId);
      if (found === undefined) throw new AppError("alert.not_found");
      return found;
    },
    async notices(tenantId, personId) {
      const store = queries(tenantId);
      const [items, unseen] = await Promise.all([store.list({ limit: NOTICES }), store.unseen(personId)]);
      return { items: [...items], unseen };
    },
    markNoticesSeen: (tenantId, personId) => queries(tenantId).markSeen(personId, clock.nowMs()),
  };
}

/** Place in a newest-first list: `<raisedMs>_<id>`. */
const encodeCursor = ({ raisedMs, id }: alerts.Alert): string => `${raisedMs}_${id}`;

function parseCursor(text: string): { readonly raisedMs: UnixMs; readonly id: Uuid } {
  const [ms = "", id = ""] = text.split("_");
  if (!/^[0-9]{1,13}$/.test(ms) || !isUuid(id)) throw new AppError("request.invalid", { field: "before" });
  return { raisedMs: Number(ms), id };
}
