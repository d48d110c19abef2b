import type { Uuid } from "@gatehouse/base";
import type { accounts, Language, Role } from "@gatehouse/contract";
import type { Generated, Kysely } from "kysely";
import type { FactorTables } from "./factors/factor-tables.ts";
import type { PeopleTables } from "./people/people-tables.ts";

export interface AccountsTables extends PeopleTables, FactorTables {
  tenants: {
    id: Uuid;
    name: string;
    created_at: Date;
    sign_up_id: Generated<string>;
    data_key: Generated<Uint8Array | null>;
  };
  people: {
    id: Uuid;
    tenant_id: Uuid;
    name: string;
    email: string;
    /** Lower case: what must be unique. */
    email_key: string;
    password_hash: string;
    role: Role;
    language: Language;
    theme: Generated<accounts.Person["theme"]>;
    single_keys: Generated<boolean>;
    created_at: Date;
    last_login_at: Date | null;
    state: Generated<accounts.PersonState>;
    phone: Generated<Uint8Array | null>;
    phone_index: Generated<Uint8Array | null>;
    address: Generated<Uint8Array | null>;
    identity_number: Generated<Uint8Array | null>;
    identity_index: Generated<Uint8Array | null>;
    decided_at: Generated<Date | null>;
    decided_by: Generated<Uuid | null>;
    decision_reason: Generated<string | null>;
  };
  sessions: {
    id: Uuid;
    person_id: Uuid;
    client: string;
    created_at: Date;
    last_used_at: Date;
    expires_at: Date;
    ended_at: Generated<Date | null>;
    refresh_hash: string;
    /** The one before, which another tab may still send. */
    previous_hash: Generated<string | null>;
    rotated_at: Date;
    address: Generated<Uint8Array | null>;
    step_up_at: Generated<Date | null>;
    generation: Generated<number>;
  };
  setup_token: { only_one: Generated<boolean>; token_hash: string };
}

/** The database or a transaction on it. */
export type AccountsDatabase = Kysely<AccountsTables>;

/** The same, as other features get it. */
// biome-ignore lint/suspicious/noExplicitAny: whatever tables the other side types it with
export type SharedTransaction = Kysely<any>;
