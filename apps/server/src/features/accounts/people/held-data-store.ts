import type { Uuid } from "@gatehouse/base";
import type { AccountsDatabase } from "../tables.ts";

/** One list of an export. */
export interface HeldPart {
  readonly name: string;
  readonly rows: AsyncIterable<unknown>;
}

/** What this feature holds about a person beside the profile. */
export function ownParts(db: AccountsDatabase, personId: Uuid): HeldPart[] {
  return [
    { name: "sessions", rows: sessions(db, personId) },
    { name: "waysToLogIn", rows: factors(db, personId) },
  ];
}

async function* sessions(db: AccountsDatabase, personId: Uuid): AsyncGenerator<unknown> {
  yield* await db
    .selectFrom("sessions")
    .select([
      "client",
      "created_at as createdAt",
      "last_used_at as lastUsedAt",
      "expires_at as expiresAt",
      "ended_at as endedAt",
    ])
    .where("person_id", "=", personId)
    .orderBy("created_at", "desc")
    .execute();
}

async function* factors(db: AccountsDatabase, personId: Uuid): AsyncGenerator<unknown> {
  const passkeys = await db
    .selectFrom("passkeys")
    .select(["name", "created_at as createdAt", "last_used_at as lastUsedAt"])
    .where("person_id", "=", personId)
    .execute();
  for (const passkey of passkeys) yield { kind: "passkey", ...passkey };
  const totp = await db
    .selectFrom("totp_secrets")
    .select(["created_at as createdAt", "last_used_at as lastUsedAt"])
    .where("person_id", "=", personId)
    .execute();
  for (const one of totp) yield { kind: "totp", ...one };
  const sent = await db
    .selectFrom("sent_code_factors")
    .select(["medium", "created_at as createdAt"])
    .where("person_id", "=", personId)
    .execute();
  for (const { medium, createdAt } of sent) yield { kind: medium, createdAt };
}
