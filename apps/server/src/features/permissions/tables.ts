import type { Uuid } from "@gatehouse/base";
import type { access, FourEyesAct, Role } from "@gatehouse/contract";
import type { Generated, Kysely, Selectable } from "kysely";

export interface PermissionTables {
  roles: {
    id: Uuid;
    tenant_id: Uuid;
    name: string;
    /** Lower case: what must be unique. */
    name_key: string;
    description: string;
    permissions: string[];
    updated_at: Date;
  };
  /** Only of those whose main role does not hold as is usual for it. */
  main_roles: { person_id: Uuid; tenant_id: Uuid; everywhere: boolean };
  grants: {
    id: Uuid;
    seq: Generated<number>;
    tenant_id: Uuid;
    person_id: Uuid;
    built_in: Role | null;
    role_id: Uuid | null;
    scope: access.GrantScope["kind"];
    site_id: Uuid | null;
    device_id: Uuid | null;
    granted_at: Date;
    granted_by: string;
  };
  api_tokens: {
    id: Uuid;
    tenant_id: Uuid;
    person_id: Uuid;
    name: string;
    /** Public part: finds the row. */
    key_id: string;
    secret_sha256: string;
    permissions: string[];
    sites: Uuid[] | null;
    created_at: Date;
    expires_at: Date;
    last_used_at: Date | null;
    revoked_at: Date | null;
  };
  approval_policies: { tenant_id: Uuid; acts: FourEyesAct[]; delay_hours: number };
  approvals: {
    id: Uuid;
    seq: Generated<number>;
    tenant_id: Uuid;
    act: FourEyesAct;
    /** Method and path as declared. */
    route: string;
    /** JSON of params, query and body, sealed: a body can hold a password. */
    asked: Uint8Array;
    asked_sha256: string;
    resource_kind: string | null;
    resource_id: Uuid | null;
    state: access.ApprovalState;
    person_id: Uuid;
    person_name: string;
    requested_at: Date;
    expires_at: Date;
    alone_from: Date | null;
    decided_by: Uuid | null;
    decided_by_name: string | null;
    decided_at: Date | null;
    reason: string | null;
    code: string | null;
    /** What the act answered, sealed, until its requester has read it. */
    reply: Uint8Array | null;
  };
}

/** The database or a transaction on it. */
export type PermissionDatabase = Kysely<PermissionTables>;
export type GrantRow = Selectable<PermissionTables["grants"]>;
export type RoleRow = Selectable<PermissionTables["roles"]>;
export type TokenRow = Selectable<PermissionTables["api_tokens"]>;
export type ApprovalRow = Selectable<PermissionTables["approvals"]>;
