import type { UnixMs, Uuid } from "@gatehouse/base";
import type { Language, Role } from "@gatehouse/contract";
import type { ColumnType, Generated } from "kysely";

/** A code that was sent: what is stored of it. */
export interface SentCode {
  /** HMAC; empty when no code is right. */
  readonly hash: string;
  readonly untilMs: UnixMs;
  /** Wrong tries of this code. */
  readonly wrong: number;
  /** Codes sent so far, and when the last was. */
  readonly sent: number;
  readonly sentMs: UnixMs;
}

type Json<T> = ColumnType<T, string, string>;

export interface PeopleTables {
  sign_ups: {
    id: Uuid;
    tenant_id: Uuid;
    name: string;
    email: string;
    email_key: string;
    phone: Uint8Array;
    address: Uint8Array;
    identity_number: Uint8Array | null;
    password_hash: string;
    language: Language;
    decoy: boolean;
    browser_hash: string;
    link_hash: string;
    code: Json<SentCode>;
    email_confirmed_at: Generated<Date | null>;
    person_id: Generated<Uuid | null>;
    created_at: Date;
    expires_at: Date;
  };
  invitations: {
    id: Uuid;
    tenant_id: Uuid;
    name: string;
    email: string;
    email_key: string;
    role: Role;
    site_ids: Uuid[] | null;
    language: Language;
    invited_by: Uuid | null;
    link_hash: string;
    sent: number;
    sent_at: Date;
    created_at: Date;
    expires_at: Date;
    opened_at: Generated<Date | null>;
    used_at: Generated<Date | null>;
    revoked_at: Generated<Date | null>;
    phone: Generated<Uint8Array | null>;
    password_hash: Generated<string | null>;
    code: ColumnType<SentCode | null, string | null | undefined, string | null>;
  };
  pending_changes: {
    person_id: Uuid;
    kind: "email" | "phone";
    value: Uint8Array;
    decoy: boolean;
    link_hash: string;
    code: Json<SentCode>;
    expires_at: Date;
  };
  reversals: {
    id: Uuid;
    person_id: Uuid;
    kind: "email" | "phone";
    value: Uint8Array | null;
    link_hash: string;
    expires_at: Date;
  };
  erasures: {
    person_id: Uuid;
    requested_at: Date;
    requested_by: "person" | "operator";
    due_at: Date;
    done_at: Generated<Date | null>;
    kept: Generated<string[]>;
  };
}
