import { AppError, type Uuid } from "@gatehouse/base";
import type { AuditEvent } from "../../platform/audit/index.ts";
import { CaseStore } from "./case-store.ts";
import type { CaseContext } from "./context.ts";
import { ItemStore } from "./item-store.ts";
import type { KeptCase } from "./model.ts";
import type { CaseDatabase } from "./tables.ts";

/** What a change works with: the case is locked until it is committed. */
export interface Changing {
  readonly tx: CaseDatabase;
  readonly kept: KeptCase;
  readonly cases: CaseStore;
  readonly items: ItemStore;
}

/** What changed, for the audit log. */
export interface Change {
  readonly data: AuditEvent["data"] & object;
  readonly personal?: NonNullable<AuditEvent["personal"]>;
}

/** Refuses `case.not_found`. */
export async function findCase(context: CaseContext, tenantId: Uuid, id: Uuid): Promise<KeptCase> {
  const found = await new CaseStore(context.db, tenantId).find(id);
  if (found === undefined) throw new AppError("case.not_found");
  return found;
}

/**
 * Changes one case, with its entry in the audit log; nobody else changes it meanwhile. Refuses `case.not_found`, and
 * `case.closed` unless the change is one of a closed case too.
 */
export async function changeCase<T>(
  { audit, clock, db }: CaseContext,
  { tenantId, id }: { readonly tenantId: Uuid; readonly id: Uuid },
  act: (changing: Changing) => Promise<{ readonly change: Change; readonly answer: T }>,
  { alsoClosed = false }: { readonly alsoClosed?: boolean } = {},
): Promise<T> {
  return db.transaction().execute(async (tx) => {
    const store = new CaseStore(tx, tenantId);
    const kept = await store.lock(id);
    if (kept === undefined) throw new AppError("case.not_found");
    if (kept.state === "closed" && !alsoClosed) throw new AppError("case.closed");
    const { answer, change } = await act({ tx, kept, cases: store, items: new ItemStore(tx, tenantId) });
    await store.update(id, {}, clock.nowMs());
    await audit.record(tx, {
      kind: "case.changed",
      tenantId,
      subject: { kind: "case", id },
      data: { case: kept.number, ...change.data },
      ...(change.personal === undefined ? {} : { personal: change.personal }),
    });
    return answer;
  });
}

/** What the log keeps of a text about people: it takes no longer one. */
export const forLog = (text: string): string => text.slice(0, 512);
