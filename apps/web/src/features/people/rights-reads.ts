import { type AnyEndpoint, access, accounts } from "@gatehouse/contract";

/** What has to be read again when somebody's rights changed. */
export const RIGHTS_READS: readonly AnyEndpoint[] = [
  access.getPersonAccess,
  access.listRoles,
  access.listGrants,
  accounts.getPerson,
  accounts.listPeople,
];
