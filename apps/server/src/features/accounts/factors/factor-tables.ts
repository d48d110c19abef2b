import type { Uuid } from "@gatehouse/base";
import type { Generated } from "kysely";

export type CeremonyPurpose = "login" | "step_up" | "add_passkey" | "add_totp" | "add_email" | "add_sms";
export type FirstStep = "password" | "email_link";
export type SentMedium = "email" | "sms";

export interface FactorTables {
  passkeys: {
    id: Uuid;
    person_id: Uuid;
    credential_id: string;
    public_key: Uint8Array;
    counter: number;
    transports: string[];
    name: string;
    synced: boolean;
    suspected_copy: Generated<boolean>;
    created_at: Date;
    last_used_at: Generated<Date | null>;
  };
  totp_secrets: {
    person_id: Uuid;
    secret: Uint8Array;
    last_counter: number;
    created_at: Date;
    last_used_at: Generated<Date | null>;
  };
  sent_code_factors: { person_id: Uuid; medium: SentMedium; created_at: Date };
  recovery_codes: { person_id: Uuid; mac: string; created_at: Date; used_at: Generated<Date | null> };
  ceremonies: {
    id: Uuid;
    purpose: CeremonyPurpose;
    person_id: Uuid;
    session_id: Uuid | null;
    browser_hash: string | null;
    first: FirstStep | null;
    device: Generated<string>;
    created_at: Date;
    expires_at: Date;
    wrong: Generated<number>;
    challenge: Generated<string | null>;
    secret: Generated<Uint8Array | null>;
    code_medium: Generated<SentMedium | null>;
    code_mac: Generated<string | null>;
    former_code_mac: Generated<string | null>;
    code_sent_at: Generated<Date | null>;
    sent: Generated<number>;
  };
  used_challenges: { challenge: string; expires_at: Date };
  code_budgets: { person_id: Uuid; device: string; since: Date; wrong: number };
  mail_requests: {
    id: Uuid;
    purpose: "login" | "reset";
    email_key: string;
    browser_hash: string | null;
    device: Generated<string>;
    requested_at: Date;
    expires_at: Date;
    person_id: Generated<Uuid | null>;
    token_hash: Generated<string | null>;
  };
}
