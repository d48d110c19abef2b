import type { UnixMs, Uuid } from "@gatehouse/base";
import { access, type accounts } from "@gatehouse/contract";
import type { AccountsContext } from "../context.ts";
import { hasFactor } from "../factors/factor-store.ts";
import { isStaff } from "../login/login-model.ts";
import { type PersonRow, viewPerson } from "../people/account-store.ts";

type Policy = Pick<AccountsContext, "requireStaffFactor">;

/** Whether this person has to set up a second factor before anything else. */
export const mustEnrol = (
  { requireStaffFactor }: Policy,
  { role, tenant_id }: PersonRow,
  holdsFactor: boolean,
): boolean => !holdsFactor && isStaff(role) && requireStaffFactor(tenant_id);

/** What the console is told about who is logged in. */
export async function viewMe(
  context: AccountsContext,
  person: PersonRow,
  session: { readonly sessionId: Uuid; readonly stepUpMs?: UnixMs | undefined },
): Promise<accounts.Me> {
  const { accessOf, db, isHost, organisation, secure } = context;
  const { sessionId, stepUpMs } = session;
  return {
    person: viewPerson(person),
    sessionId,
    ...viewAccess(accessOf(person)),
    host: isHost(person.tenant_id),
    tenant: { id: person.tenant_id, name: organisation(person.tenant_id) },
    secure,
    mustEnrolFactor: mustEnrol(context, person, await hasFactor(db, person.id)),
    ...(stepUpMs === undefined ? {} : { stepUpMs }),
  };
}

function viewAccess(all: access.Access): Pick<accounts.Me, "permissions" | "access" | "sites"> {
  const sites = access.sitesOf(all);
  return {
    permissions: [...all.keys()],
    access: access.viewAccess(all),
    sites: sites === "all" ? sites : [...sites],
  };
}
